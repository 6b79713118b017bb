import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'

import { type MailServer, Secret } from '@obmen/mail/imap'

import { openImapLetterBox } from '../../src/transport/imap-letter-box.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

/** A server with one letter, of which it tells nothing but that its flags are others now. */
async function startServer(t: TestContext): Promise<MailServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.write('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR] ready\r\n')
    createInterface(socket).on('line', (line) => {
      const [tag = '', ...words] = line.split(' ')
      const command = words.join(' ')
      if (command.startsWith('SELECT')) socket.write('* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n')
      if (command.startsWith('UID SEARCH')) socket.write('* SEARCH 2\r\n')
      if (command.startsWith('UID FETCH')) socket.write('* 1 FETCH (UID 2 FLAGS (\\Seen))\r\n')
      socket.write(`${tag} OK done\r\n`)
      if (command === 'LOGOUT') socket.end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await once(server.close(), 'close')
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const credentials = { user: 'tim', password: new Secret('tanstaaf') }
  return { host: '127.0.0.1', port: address.port, tls: 'none', credentials }
}

describe('a letter of which an IMAP server has only said that its flags are others', () => {
  it('is no foreign one, and looked at again the next time', async (t) => {
    const box = await openImapLetterBox(await startServer(t), '', {})
    try {
      const { unknown } = await box.look(new Set())
      const foreign = new Set<number>()
      for await (const { number } of box.heads(unknown)) foreign.add(number)

      assert.deepEqual(unknown, [2])
      assert.deepEqual([...foreign], [])
      const [settled = '', ...others] = box.memoryOf(foreign) ?? []
      assert.match(settled, /UID=1:1$/)
      assert.deepEqual(others, [])
    } finally {
      await box.close()
    }
  })
})
