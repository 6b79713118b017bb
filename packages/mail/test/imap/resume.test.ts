import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { ImapCapabilityMissing } from '../../src/imap/errors.ts'
import { fetchLetters } from '../../src/imap/fetch.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import { UidSet } from '../../src/imap/number-set.ts'
import { select } from '../../src/imap/selection.ts'
import type { Selection } from '../../src/imap/selection.ts'
import { play } from '../../src/testing/play.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { logIn, playMailbox, playSession } from './conversation.ts'

const SNAPSHOT = { uidValidity: 67_890_007, highestModSeq: 90_060_115_194_045_000n }

/** Opens INBOX where it was left, at a server that has said that QRESYNC is enabled. */
function resume(answers: string, maxBatchOctets: number = 10_000): Promise<Selection> {
  const dialog = function* (): Dialog<Selection> {
    const limits = { ...DEFAULT_IMAP_LIMITS, maxBatchOctets }
    const session = yield* logIn({ enable: ['QRESYNC'], limits })
    return yield* select(session, 'INBOX', { access: 'write', resume: SNAPSHOT })
  }
  return play(
    dialog(),
    `
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
    S: A1 OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC] in
    C: A2 ENABLE QRESYNC
    S: * ENABLED QRESYNC
    S: A2 OK
    C: A3 SELECT "INBOX" (QRESYNC (67890007 90060115194045000))
    S: * 314 EXISTS
    ${answers}
    S: A3 OK [READ-WRITE] done`,
  )
}

describe('Opening a mailbox where it was left', () => {
  it('I11 tells what has changed meanwhile', async () => {
    const { mailbox, missed } = await resume(`
      S: * OK [UIDVALIDITY 67890007] valid
      S: * OK [HIGHESTMODSEQ 90060115205545359] high
      S: * VANISHED (EARLIER) 41,43:116
      S: * VANISHED (EARLIER) 117
      S: * 49 FETCH (UID 117 FLAGS (\\\\Seen) MODSEQ (90060115194045001))`)

    assert.equal(missed?.vanished.toString(), '41,43:117')
    assert.deepEqual(
      missed.letters.map(({ uid, flags, modSeq }) => [uid, flags, modSeq]),
      [[117, ['\\Seen'], 90_060_115_194_045_001n]],
    )
    assert.equal(mailbox.exists, 314)
    assert.equal(mailbox.highestModSeq, 90_060_115_205_545_359n)
  })

  it('I6 I11 tells nothing when the letters have other UIDs now', async () => {
    const { missed } = await resume('S: * OK [UIDVALIDITY 67890008] other')

    assert.equal(missed, undefined)
  })

  it('I11 tells nothing where the server cannot say', async () => {
    const { missed } = await playSession(
      (session) => select(session, 'INBOX', { access: 'read', resume: SNAPSHOT }),
      'C: A2 EXAMINE "INBOX"\nS: * OK [UIDVALIDITY 67890007] valid\nS: A2 OK',
      { capabilities: ['QRESYNC'] },
    )

    assert.equal(missed, undefined)
  })

  it('is bounded', async () => {
    await assert.rejects(
      resume('S: * 1 FETCH (UID 1)\nS: * 2 FETCH (UID 2)\n'.repeat(11), 2_000),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxBatchOctets',
    )
  })
})

describe('Fetching what has changed', () => {
  const changed = { flags: true, changedSince: 12n }

  it('I11 asks a server that counts changes', async () => {
    await playMailbox(
      (session) => fetchLetters(session, UidSet.range(1, 300), changed),
      'C: A3 UID FETCH 1:300 (UID FLAGS) (CHANGEDSINCE 12)\nS: A3 OK',
      { capabilities: ['CONDSTORE'] },
    )
  })

  it('I11 asks no other', async () => {
    await assert.rejects(
      playMailbox((session) => fetchLetters(session, UidSet.of([1]), changed), ''),
      (error) => error instanceof ImapCapabilityMissing && error.capability === 'CONDSTORE',
    )
  })
})
