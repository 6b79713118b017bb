import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OrderedSet } from '../../src/net/ordered-set.ts'
import { WaitingLetters } from '../../src/net/waiting-letters.ts'
import type { QueuedLetter } from '../../src/smtp/send-letters.ts'
import { costOf } from '../cost-of.ts'
import { envelope, pieces } from '../smtp/conversation.ts'

describe('What waits in order', () => {
  it('is taken in the order in which it came, whatever is removed or added meanwhile', () => {
    const set = new OrderedSet<number>()
    for (const item of [1, 2, 3, 4]) set.add(item)

    assert.equal(set.take(), 1)
    assert.equal(set.remove(2), true)
    assert.equal(set.remove(2), false)
    set.add(5)
    assert.deepEqual([set.take(), set.take(), set.take(), set.take()], [3, 4, 5, undefined])
    set.add(6)
    assert.deepEqual([set.size, set.take(), set.take()], [1, 6, undefined])
  })

  it('costs twice as much for twice as many letters', () => {
    // Made beforehand: what is measured is the waiting, and not how the memory for letters is found.
    const many = Array.from({ length: 80_000 }, letter)
    const few = many.slice(0, many.length / 4)
    const work = (letters: readonly QueuedLetter[]): void => {
      const waiting = new WaitingLetters()
      for (const each of letters) waiting.add(each)
      while (!waiting.isEmpty) waiting.next()
    }
    work(few)

    const ratio = costOf(() => work(many)) / costOf(() => work(few))

    assert.ok(ratio < 10, `four times the letters cost ${ratio.toFixed(1)} times the work`)
  })
})

const to = envelope('a@x.org')
const content = { source: pieces('x') }

function letter(): QueuedLetter {
  return { envelope: to, content, settle: () => undefined, fail: () => undefined }
}
