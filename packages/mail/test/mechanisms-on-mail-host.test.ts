/** The suite of mechanisms for real mail servers, against the mail host of this package with all that it can be told to offer. */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { AuthenticationFailed } from '../src/errors.ts'
import { openImap, SequenceSet } from '../src/imap.ts'
import { openPop3, type PasswordMechanismName } from '../src/pop3.ts'
import { toMailServer } from '../test-servers/laboratory.ts'
import {
  describeBinding,
  describeTokens,
  describeWithoutPassword,
} from '../test-servers/suites/mechanisms.ts'
import { ALL_MECHANISMS, startHostLaboratory } from './testing/host-laboratory.ts'
import { takeCensus } from './census.ts'

takeCensus()

const { host, laboratory } = await startHostLaboratory({ mechanisms: ALL_MECHANISMS })
after(() => host.close())
const [user] = laboratory.users
assert.ok(user)
const { login, password } = user

/** Ports where each of these is offered, bound or not. */
const PASSWORD_MECHANISMS: readonly PasswordMechanismName[] = [
  'CRAM-MD5',
  'DIGEST-MD5',
  'SCRAM-SHA-1',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-256-PLUS',
]
const ports = laboratory.ports.filter(({ protocol }) => protocol !== 'smtp')

describeBinding(laboratory)
describeTokens(laboratory)
describeWithoutPassword(laboratory)

describe('A mechanism that shows no password', () => {
  for (const port of ports) {
    const open = port.protocol === 'imap' ? openImap : openPop3
    for (const mechanism of PASSWORD_MECHANISMS) {
      it(`lets in by ${mechanism} at ${port.id}, and with a wrong password does not`, async () => {
        const at = (secret: string): ReturnType<typeof toMailServer> =>
          toMailServer(laboratory, port, { user: login, password: secret, mechanism })

        const opened = await open(at(password))
        await opened.close()
        await assert.rejects(open(at('wrong')), AuthenticationFailed)
      })
    }

    it(`is the strongest at ${port.id}, bound to TLS`, async () => {
      const lines: string[] = []
      const server = toMailServer(laboratory, port, { user: login, password })
      const opened = await open(server, { log: (line) => lines.push(line) })
      await opened.close()

      assert.ok(
        lines.some((line) => /AUTH(?:ENTICATE)? SCRAM-SHA-256-PLUS/.test(line)),
        lines.join('\n'),
      )
    })
  }
})

describe('IMAP compressed', () => {
  for (const port of ports.filter(({ protocol }) => protocol === 'imap')) {
    it(`I13 reads and changes a mailbox at ${port.id}`, async () => {
      host.mailbox(login).put(`Subject: one\r\n\r\n${'text '.repeat(20_000)}\r\n`)
      const server = toMailServer(laboratory, port, { user: login, password })
      const lines: string[] = []
      const log = (line: string): number => lines.push(line)
      await using imap = await openImap(server, { compress: true, log })
      const inbox = await imap.select('INBOX')
      let octets = 0
      for await (const letter of inbox.fetch(SequenceSet.from(1), { sections: [{}] })) {
        octets += letter.sections[0]?.octets?.length ?? 0
      }

      assert.ok(lines.some((line) => line.includes('COMPRESS DEFLATE')))
      assert.ok(octets > 100_000)
      const aborted = new AbortController()
      const changes = inbox.changes(aborted.signal)
      host.mailbox(login).put('Subject: two\r\n\r\n')
      assert.ok((await changes).some(({ kind }) => kind === 'exists'))
    })
  }
})
