import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  EmailFlag,
  ImapConnection,
  ImapConnectionParameters,
  ImapDirectoryOpenMode,
  PasswordEmailAuthentication,
} from '../../src/index.ts'
import { startMailHost } from '../../src/testing.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const ACCOUNT = { address: 'office@example.org', password: 'tanstaaf' }
const NEW = 'Archive/2026'
const EMPTY = ['Archive', NEW, 'Drafts', 'Junk', 'Sent', 'Trash']

describe('the letters of several directories', () => {
  for (const { title, imapWithout, commands } of [
    { title: 'one round trip', imapWithout: [], commands: 1 },
    {
      title: 'one for each where the server has no LIST-STATUS',
      imapWithout: ['LIST-STATUS', 'IMAP4rev2'],
      commands: 1 + 1 + EMPTY.length,
    },
  ]) {
    it(`are counted in ${title}`, async () => {
      await using host = await startMailHost({ accounts: [ACCOUNT], imapWithout })
      const { address: user, password } = ACCOUNT
      host.mailbox(user).put('Subject: one\r\n\r\ntext\r\n')
      host.mailbox(user).put('Subject: two\r\n\r\ntext\r\n')
      const log: string[] = []
      const parameters = new ImapConnectionParameters({
        server: host.imap.host,
        port: host.imap.port,
        allowStartTls: false,
        authentication: new PasswordEmailAuthentication(user, password),
      })
      await using connection = new ImapConnection(parameters, true, {
        log: (line) => log.push(line),
      })
      await (await connection.getDirectory(NEW))?.createForEmails()
      const inbox = await connection.getDirectory('INBOX')
      await inbox?.open(ImapDirectoryOpenMode.ReadWrite)
      await inbox?.setFlagsByIndexes([0], [EmailFlag.Seen])
      await inbox?.close()
      const root = await connection.getDefaultDirectory()
      const before = log.length

      const counts = (await root?.countSubdirectories(true)) ?? []

      const sent = log.slice(before).filter((line) => /^C: |^> /.test(line))
      assert.deepEqual(
        counts.map(({ directory, emailCount, unreadEmailCount }) => [
          directory.path,
          emailCount,
          unreadEmailCount,
        ]),
        [['INBOX', 2, 1], ...EMPTY.map((folder) => [folder, 0, 0])],
      )
      assert.equal(sent.length, commands, sent.join('\n'))
    })
  }
})
