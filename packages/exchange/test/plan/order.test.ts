import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import { compareEpochs, type Epoch, FIRST_EPOCH, nextEpoch } from '../../src/plan/epoch.ts'
import { nextMessageNo, NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { compareVersions, type RowVersion } from '../../src/plan/row-version.ts'

const epoch: fc.Arbitrary<Epoch> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('', 'a', 'b', 'aa', 'ж'))
  .map(([counter, random]) => ({ counter, random }))

const version: fc.Arbitrary<RowVersion> = fc
  .tuple(fc.nat(3), fc.constantFrom('A', 'B', 'a', 'ЦБ', 'Z-1'))
  .map(([stamp, origin]) => ({ stamp, origin: parseNodeCode(origin) }))

/** Antisymmetric, transitive, and 0 for what is the same and nothing else. */
function assertTotalOrder<Item>(
  item: fc.Arbitrary<Item>,
  compare: (a: Item, b: Item) => number,
): void {
  const property = fc.property(item, item, item, (a, b, c) => {
    assert.equal(Math.sign(compare(a, b)) + Math.sign(compare(b, a)), 0)
    if (compare(a, b) <= 0 && compare(b, c) <= 0) assert.ok(compare(a, c) <= 0)
    if (compare(a, b) === 0) assert.deepEqual(a, b)
  })
  fc.assert(property, { numRuns: 1000 })
}

describe('epochs', () => {
  it('are in one order on every node', () => {
    assertTotalOrder(epoch, compareEpochs)
  })

  it('are older than the one that follows, whatever is random in it', () => {
    fc.assert(
      fc.property(epoch, fc.string(), (before, random) => {
        assert.ok(compareEpochs(before, nextEpoch(before, random)) < 0)
      }),
    )
  })

  it('begin with one that nothing has to be agreed for', () => {
    assert.deepEqual(FIRST_EPOCH, { counter: 1, random: '' })
  })

  it('that both sides began at once are told apart, and one of them wins', () => {
    const [ours, theirs] = [nextEpoch(FIRST_EPOCH, 'ours'), nextEpoch(FIRST_EPOCH, 'theirs')]

    assert.ok(compareEpochs(ours, theirs) < 0)
  })
})

describe('versions of a row', () => {
  it('are in one order on every node', () => {
    assertTotalOrder(version, compareVersions)
  })

  it('are decided by the stamp, and between equal stamps by the origin', () => {
    const [office, shop] = [parseNodeCode('Я'), parseNodeCode('А')]

    assert.ok(compareVersions({ stamp: 1, origin: office }, { stamp: 2, origin: shop }) < 0)
    assert.ok(compareVersions({ stamp: 2, origin: office }, { stamp: 2, origin: shop }) > 0)
  })
})

describe('a message number', () => {
  it('is followed by the next one', () => {
    assert.equal(nextMessageNo(NO_MESSAGE), 1)
    assert.equal(nextMessageNo(toMessageNo(41)), 42)
  })

  const invalid = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]
  for (const no of invalid) {
    it(`is never ${no}`, () => {
      assert.throws(() => toMessageNo(no), RangeError)
    })
  }

  it('does not run over', () => {
    assert.throws(() => nextMessageNo(toMessageNo(Number.MAX_SAFE_INTEGER)), RangeError)
  })
})
