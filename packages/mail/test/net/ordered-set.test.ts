import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
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

  it('is what a list would hold, after whatever was done', () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: 'add' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'take' as const }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat(400) }),
      },
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 1_000, size: 'max' }), (acts) => {
        const set = new OrderedSet<number>()
        const list: number[] = []
        let last = 0
        for (const done of acts) {
          if (done.kind === 'add') {
            set.add(++last)
            list.push(last)
          } else if (done.kind === 'take') {
            assert.equal(set.take(), list.shift())
          } else {
            const at = list.indexOf(done.at)
            assert.equal(set.remove(done.at), at >= 0)
            if (at >= 0) list.splice(at, 1)
          }
          assert.deepEqual([set.size, set.first], [list.length, list[0]])
        }
      }),
    )
  })

  it('has no room for what came and went behind one that waits long', (t) => {
    const places = t.mock.method(Array, 'from')
    const set = new OrderedSet<number>()
    set.add(1)
    for (let item = 2; item <= 5_000; item++) {
      set.add(item)
      if (item > 100) set.remove(item - 99)
    }
    const rooms = places.mock.calls.map(({ result }) => result?.length ?? 0)
    places.mock.restore()

    assert.deepEqual([set.size, set.take(), set.take()], [100, 1, 4_902])
    assert.ok(Math.max(...rooms) < 1_000, `there was room for ${Math.max(...rooms)}`)
  })

  it('costs twice as much when twice as many are removed from among the others', () => {
    const work = (count: number): void => {
      const set = new OrderedSet<number>()
      for (let item = 1; item <= count; item++) set.add(item)
      for (let item = 2; item <= count; item += 2) set.remove(item)
      while (set.size > 0) set.take()
    }
    work(20_000)

    const ratio = costOf(() => work(80_000)) / costOf(() => work(20_000))

    assert.ok(ratio < 10, `four times the items cost ${ratio.toFixed(1)} times the work`)
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
