import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SequenceSet, UidSet } from '../../src/imap/number-set.ts'
import { costOf } from '../cost-of.ts'

const numbers = fc.array(fc.integer({ min: 1, max: 300 }))

describe('A set of UIDs', () => {
  it('I6 is written as ascending ranges, in whatever order the numbers come', () => {
    assert.equal(UidSet.of([7, 2, 4, 6, 5, 4]).toString(), '2,4:7')
    assert.equal(UidSet.of([]).toString(), '')
    assert.equal(UidSet.from(9).toString(), '9:*')
    assert.equal(UidSet.range(9, 3).toString(), '3:9')
  })

  it('holds the numbers that it was made of', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const set = UidSet.of(some)
        const expected = [...new Set(some)].toSorted((a, b) => a - b)

        assert.deepEqual([...set.numbers()], expected)
        assert.equal(set.size, expected.length)
        assert.ok(expected.every((number) => set.has(number)))
        if (expected.length > 0) assert.deepEqual(UidSet.parse(set.toString()), set)
      }),
    )
  })

  for (const [written, read] of [
    ['7:4,5:9,1', '1,4:9'],
    ['*:4', '4:*'],
    ['*', '4294967295:*'],
    ['3:*,1,9', '1,3:*'],
    ['1,2,3', '1:3'],
  ] as const) {
    it(`reads ${written}`, () => {
      assert.equal(UidSet.parse(written)?.toString(), read)
    })
  }

  for (const written of ['', '0', '1,', '1:', 'a', '1:2:3', '4294967296', '1 2', '-1']) {
    it(`does not read ${JSON.stringify(written)}`, () => {
      assert.equal(UidSet.parse(written), undefined)
    })
  }

  it('that is open at its end has no size and cannot be listed', () => {
    const set = UidSet.from(5)

    assert.equal(set.size, undefined)
    assert.ok(set.has(4_000_000_000))
    assert.throws(() => [...set.numbers()], RangeError)
  })

  it('takes only what can be a UID', () => {
    for (const number of [0, -1, 1.5, NaN, 4_294_967_296]) {
      assert.throws(() => UidSet.of([number]), RangeError)
      assert.throws(() => SequenceSet.from(number), RangeError)
    }
  })

  it('of many ranges tells for each number at little cost whether it is there', () => {
    const askForEach = (count: number): (() => void) => {
      const numbers = Array.from({ length: count }, (_, index) => 2 * index + 1)
      const set = UidSet.of(numbers)
      return () => {
        assert.ok(numbers.every((number) => set.has(number) && !set.has(number + 1)))
      }
    }
    costOf(askForEach(1_000))

    // Sixteen times as many: in proportion the cost is some 16 times as much, squared 256.
    assert.ok(costOf(askForEach(16_000)) < (costOf(askForEach(1_000)) + 1000) * 64)
  })

  it('is not taken for a set of sequence numbers', () => {
    const take = (set: SequenceSet): string => set.kind

    // @ts-expect-error the kinds differ
    assert.equal(take(UidSet.of([1])), 'uid')
    assert.equal(take(SequenceSet.of([3, 1])), 'sequence')
    assert.equal(SequenceSet.range(1, 2).toString(), '1:2')
  })

  it('without another has the numbers of the one alone', () => {
    const some = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
    fc.assert(
      fc.property(some, some, (these, those) => {
        const rest = UidSet.of(these).without(UidSet.of(those))

        const expected = UidSet.of(these.filter((uid) => !those.includes(uid)))
        assert.equal(String(rest), String(expected))
      }),
    )
    assert.equal(String(UidSet.from(3).without(UidSet.of([5, 7]))), '3:4,6,8:*')
    assert.equal(String(UidSet.of([1, 3, 5]).without(UidSet.from(3))), '1')
    assert.equal(String(UidSet.from(3).without(UidSet.from(9))), '3:8')
  })
})
