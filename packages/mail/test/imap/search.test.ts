import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SequenceSet, UidSet } from '../../src/imap/number-set.ts'
import { search } from '../../src/imap/search.ts'
import { playMailbox } from './conversation.ts'

/** Every second number: as many ranges as there are numbers. */
function scattered(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => 2 * index + 1)
}

const LONGEST_COMMAND = 8_192

describe('A search among more letters than fit into a command', () => {
  it('takes several commands, and finds what each of them finds', async () => {
    const uids = UidSet.of(scattered(800))
    const portions = uids.forCommands().map(String)
    assert.ok(portions.every((portion) => `A5 UID SEARCH UID ${portion}`.length < LONGEST_COMMAND))

    const found = await playMailbox(
      (session) => search(session, { uids, seen: false }),
      portions
        .map((portion, index) => {
          const tag = `A${index + 3}`
          return `C: ${tag} UID SEARCH UID ${portion} UNSEEN\nS: * SEARCH ${2 * index + 1}\nS: ${tag} OK`
        })
        .join('\n'),
    )

    assert.equal(portions.length, 3)
    assert.equal(String(found), '1,3,5')
  })

  it('asks for all between the first number and the last, since numbers change from command to command', async () => {
    const sequenceNumbers = SequenceSet.of(scattered(400).map((number) => number + 1))
    const uids = Array.from({ length: 799 }, (_, index) => 1_000 + index)
    // The number 2 has the UID 1000, which is not wanted.
    const named = UidSet.of(uids.filter((uid) => uid % 2 === 0 && uid > 1_000))
    const [first, last] = named.forCommands().map(String)

    const found = await playMailbox(
      (session) => search(session, { sequenceNumbers, uids: UidSet.from(1_002) }),
      `
      C: A3 UID SEARCH 2:800
      S: * SEARCH ${uids.join(' ')}
      S: A3 OK
      C: A4 UID SEARCH UID ${first}
      S: * SEARCH 1002
      S: A4 OK
      C: A5 UID SEARCH UID ${last}
      S: * SEARCH 1798
      S: A5 OK`,
    )

    assert.equal(String(found), '1002,1798')
  })

  it('asks for nothing more when none of the numbers is among the UIDs', async () => {
    const found = await playMailbox(
      (session) =>
        search(session, { sequenceNumbers: SequenceSet.of(scattered(400)), uids: UidSet.of([9]) }),
      `
      C: A3 UID SEARCH 1:799
      S: * SEARCH 3
      S: A3 OK`,
    )

    assert.ok(found.isEmpty)
  })
})
