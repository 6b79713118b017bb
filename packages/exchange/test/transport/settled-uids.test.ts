import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { UidSet } from '@obmen/mail/imap'
import fc from 'fast-check'

import { otherUids, readSettled, writeSettled } from '../../src/transport/settled-uids.ts'

const MAILBOX = 'imap://shop@mail.example.org:993/INBOX;UIDVALIDITY=7/;UID='

describe('settled UIDs', () => {
  it('and the others are all there are, and no UID is both', () => {
    const uid = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(fc.array(uid), uid, (numbers, last) => {
        const settled = UidSet.of(numbers)
        const others = otherUids(settled, last)

        for (let number = 1; number <= 41; number += 1) {
          const isOther = number <= last && !settled.has(number)
          assert.equal(others.has(number), isOther, `${number} of ${settled.toString()}`)
        }
      }),
    )
  })

  it('have no other above the largest UID', () => {
    const largest = 4_294_967_295

    assert.equal(otherUids(UidSet.of([])).toString(), `1:${largest}`)
    assert.equal(otherUids(UidSet.of([1, largest])).toString(), `2:${largest - 1}`)
    assert.ok(otherUids(UidSet.range(1, largest)).isEmpty)
  })

  it('are written as a line a range, and read again', () => {
    const settled = UidSet.parse('1:50000,50002')
    assert.ok(settled)

    const lines = writeSettled(settled, MAILBOX)

    assert.deepEqual([...lines], [`${MAILBOX}1:50000`, `${MAILBOX}50002:50002`])
    assert.equal(readSettled(lines, MAILBOX).toString(), '1:50000,50002')
  })

  it('of another mailbox, and of a mailbox that was made anew, are none', () => {
    const lines = [
      MAILBOX.replace('INBOX', 'Exchange') + '1:9',
      MAILBOX.replace('=7/', '=8/') + '1:9',
      MAILBOX.replace('shop', 'office') + '1:9',
      `${MAILBOX}1:*`,
      `${MAILBOX}nonsense`,
      'the unique id of a letter by POP3',
    ]

    assert.ok(readSettled(lines, MAILBOX).isEmpty)
  })
})
