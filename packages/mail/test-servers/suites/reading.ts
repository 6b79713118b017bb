import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  mailboxAt,
  onePerServer,
  passwordPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, newLetter, send, senderAt } from '../letters.ts'
import {
  assertSameLetter,
  awaitLetters,
  deleteLetters,
  type ReadLetter,
  readLetter,
} from '../maildrops.ts'

const TIMEOUT_MS = 30_000

const PROGRAM = join(import.meta.dirname, '..', 'read-letter.py')

/** Every pair of a server that a letter goes in by and a server that it comes out of: each may change it. */
export function describeReading(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  assert.ok(sender && receiver)

  describe('A letter', { timeout: TIMEOUT_MS }, () => {
    for (const smtp of onePerServer(passwordPorts(laboratory, 'smtp'))) {
      for (const pop3 of onePerServer(passwordPorts(laboratory, 'pop3'))) {
        const mailbox = mailboxAt(pop3, receiver)
        // Exim delivers into one store only, Postfix into all of them.
        if (mailbox === undefined || isOutOfReach(smtp.server, mailbox.address)) continue

        it(`reads the same to others from ${smtp.id} to ${pop3.id}`, async () => {
          const letter = newLetter(sender.address, mailbox.address)
          await using connection = await openSmtp(senderAt(laboratory, smtp), BOUNDED)
          const envelope = envelopeOf(sender.address, mailbox.address)
          assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
          const found = await awaitLetters(toMailServer(laboratory, pop3, mailbox), [letter])

          const read = await readLetter(found.maildrop, found.numbers[0] ?? 0)
          await deleteLetters(found)

          assertSameLetter(read, letter)
          assertSameLetter(readByPython(read.octets) ?? read, letter)
        })
      }
    }
  })
}

function isOutOfReach(server: string, address: string): boolean {
  return server === 'exim' && !address.endsWith('@lab.test')
}

/** What Python's parser makes of a letter; `undefined` where there is no Python. */
function readByPython(octets: Uint8Array): ReadLetter | undefined {
  const { stdout, stderr, status, error } = spawnSync('python3', [PROGRAM], { input: octets })
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined
  assert.equal(status, 0, stderr.toString())
  const found: Omit<ReadLetter, 'file' | 'octets'> & { readonly file: string } = JSON.parse(
    stdout.toString(),
  )
  return { ...found, file: Buffer.from(found.file, 'base64'), octets }
}
