import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { DeadlineExceeded } from '../../src/net/errors.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { envelope } from '../smtp/conversation.ts'
import { serve, type Loopback } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const PIECE = octetsOf(`${'x'.repeat(998)}\r\n`.repeat(100))
/** What the systems of both sides and this side keep at most for a reader that does not come: some megabytes each. */
const MAX_UNDER_WAY_OCTETS = 64_000_000
const LETTER_OCTETS = 500_000_000

/** Says all a letter needs, and reads nothing of its content. */
function serveNonReader(keywords: string): Promise<Loopback> {
  return serve((socket) => {
    socket.write('220 mail.example.org\r\n')
    createInterface(socket).on('line', (line) => {
      if (line.startsWith('EHLO')) socket.write(`250-mail.example.org\r\n250 ${keywords}\r\n`)
      else socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n')
      if (line === 'DATA' || line.startsWith('RCPT')) socket.pause()
      if (line.startsWith('RCPT') && keywords !== 'CHUNKING') socket.resume()
    })
  })
}

describe('A letter of 500 MB to a server that does not read', () => {
  for (const keywords of ['SIZE', 'CHUNKING']) {
    it(`S28 is not read ahead of it, with ${keywords}, and is given up at the deadline`, async () => {
      await using server = await serveNonReader(keywords)
      await using smtp = await openSmtp(server.at(), { deadlines: { contentMs: 100 } })
      let given = 0
      const letter = {
        async *[Symbol.asyncIterator]() {
          for (; given < LETTER_OCTETS; given += PIECE.length) yield PIECE
        },
      }

      await assert.rejects(smtp.send(envelope('a@x.org'), letter), DeadlineExceeded)

      assert.ok(given > 0 && given < MAX_UNDER_WAY_OCTETS, String(given))
    })
  }
})
