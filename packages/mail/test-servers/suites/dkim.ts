/** Letters with DKIM signatures (RFC 6376), which must verify at the other end whatever servers do to letters. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { signMessage } from '../../src/dkim.ts'
import { ed25519Key, rsaKey } from '../../test/dkim/keys.ts'
import { verdictsOf } from '../../test/dkim/verify.ts'
import { correspondenceOf, retrieveAll } from '../arrivals.ts'
import { composeAll } from '../composed-letters.ts'
import { type Laboratory, onePerServer, sendingPorts } from '../laboratory.ts'
import { sendEach } from '../letters.ts'
import { awaitLetters, deleteLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** Before the day at which the verifier believes to be. */
const SIGNED_AT = new Date('2026-03-01T10:00:00Z')

export function describeSignedLetters(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const keys = [rsaKey, ed25519Key]

  describe('A letter signed with DKIM', { timeout: TIMEOUT_MS }, () => {
    for (const port of onePerServer(sendingPorts(laboratory))) {
      for (const canonicalization of ['relaxed', 'simple'] as const) {
        it(`verifies behind ${port.id}, ${canonicalization}`, async () => {
          const letters = await composeAll(from, to)
          const signed = await Promise.all(
            letters.map((letter) =>
              signMessage(letter.content(), keys, {
                signedAt: SIGNED_AT,
                headerCanonicalization: canonicalization,
                bodyCanonicalization: canonicalization,
              }),
            ),
          )
          const contents = signed.map((letter) => ({ content: () => letter }))
          await sendEach(laboratory, port, { envelope, letters: contents })

          const found = await awaitLetters(maildropServer, letters)
          const received = await retrieveAll(found)
          await deleteLetters(found)

          for (const octets of received) {
            const verdicts = await verdictsOf(octets, [rsaKey.record, ed25519Key.record])
            assert.deepEqual(verdicts, ['pass', 'pass'])
          }
        })
      }
    }
  })
}
