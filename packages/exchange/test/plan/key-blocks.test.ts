import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  blockUpTo,
  hasGoneBack,
  highestSaid,
  isBelievable,
  isUsable,
  type KeptReport,
  type KeyBlock,
  keysLeft,
  needsBlock,
  nextBlock,
} from '../../src/plan/key-blocks.ts'

const RULE = { size: 100, reserve: 25 }
const BLOCK: KeyBlock = { first: 101, last: 200 }
/** One from before it. */
const FIRST: KeyBlock = { first: 1, last: 100 }

function report(changes: Partial<KeptReport> = {}): KeptReport {
  return {
    table: 'orders',
    block: BLOCK,
    used: 150,
    greatest: 0,
    climbs: false,
    through: 200,
    wantsFresh: false,
    ...changes,
  }
}

describe('a node', () => {
  const CASES = [
    { name: 'that never said anything gets no block', need: { report: undefined }, gets: false },
    { name: 'without a block gets one', need: { newest: undefined }, gets: true },
    { name: 'with enough numbers gets none', need: {}, gets: false },
    {
      name: 'with the reserve left gets none',
      need: { report: report({ used: 175 }) },
      gets: false,
    },
    { name: 'with less gets one', need: { report: report({ used: 176 }) }, gets: true },
    {
      name: 'whose block is on its way gets no other',
      need: { newest: { first: 301, last: 400 }, report: report({ used: 200 }) },
      gets: false,
    },
    {
      name: 'that has counted past its block before that came gets another',
      need: { report: report({ block: FIRST, used: 200 }) },
      gets: true,
    },
    {
      name: 'that climbs gets another when rows with the last key of its block came before that did',
      need: { report: report({ block: FIRST, used: 0, greatest: 200, climbs: true }) },
      gets: true,
    },
    {
      name: 'that climbs gets another when the last key of its block comes along with that',
      need: {
        report: report({ block: FIRST, used: 0, climbs: true }),
        greatestToCome: 200,
      },
      gets: true,
    },
    {
      name: 'that may have been restored gets one',
      need: { report: report({ wantsFresh: true }) },
      gets: true,
    },
    {
      name: 'that climbs gets one above the rows that come',
      need: { report: report({ climbs: true }), greatestToCome: 201 },
      gets: true,
    },
    {
      name: 'that climbs gets none for rows within its block',
      need: { report: report({ climbs: true }), greatestToCome: 150 },
      gets: false,
    },
    { name: 'that does not climb gets none for them', need: { greatestToCome: 201 }, gets: false },
  ]
  for (const { name, need, gets } of CASES) {
    it(name, () => {
      const known = { newest: BLOCK, report: report(), greatestToCome: 0, ...need }

      assert.equal(needsBlock(known, RULE), gets)
    })
  }
})

describe('a block of keys', () => {
  it('begins behind everything that is known, and ends where JavaScript counts exactly', () => {
    assert.deepEqual(nextBlock(0, RULE), { first: 1, last: 100 })
    assert.deepEqual(nextBlock(100, RULE), { first: 101, last: 200 })
    assert.deepEqual(nextBlock(101, RULE), { first: 201, last: 300 })
    assert.equal(nextBlock(Number.MAX_SAFE_INTEGER - 50, RULE), undefined)
    assert.deepEqual(nextBlock(32_600, RULE, 32_767), { first: 32_601, last: 32_700 })
    assert.equal(nextBlock(32_700, RULE, 32_767), undefined)
  })

  it('is as long as its column counts, and empty behind that', () => {
    assert.deepEqual(
      [blockUpTo(BLOCK, 200), blockUpTo(BLOCK, 150), blockUpTo(BLOCK, 90)],
      [BLOCK, { first: 101, last: 150 }, { first: 101, last: 100 }],
    )
    assert.equal(keysLeft(blockUpTo(BLOCK, 90), { used: 0, greatest: 0, climbs: false }), 0)
  })

  it('has as many numbers left as the database can still give', () => {
    const at = { used: 0, greatest: 250, climbs: false }

    assert.deepEqual(
      [at, { ...at, used: 160 }, { ...at, used: 900 }, { ...at, climbs: true }].map((position) =>
        keysLeft(BLOCK, position),
      ),
      [100, 40, 0, 0],
    )
  })

  it('is used only when it lies above the one before, and has numbers left', () => {
    const at = { used: 150, greatest: 320, climbs: true }

    assert.equal(isUsable({ first: 301, last: 400 }, BLOCK, at), true)
    assert.equal(isUsable({ first: 201, last: 300 }, BLOCK, at), false)
    assert.equal(isUsable({ first: 1, last: 100 }, BLOCK, { ...at, greatest: 0 }), false)
    assert.equal(isUsable({ first: 301, last: 400 }, undefined, at), true)
  })
})

describe('a report', () => {
  it('has gone back when block or position are less than before', () => {
    const { block: _, ...none } = report()

    assert.equal(hasGoneBack(report(), report({ used: 151 })), false)
    assert.equal(hasGoneBack(report(), report({ used: 149 })), true)
    assert.equal(hasGoneBack(report(), none), true)
    assert.equal(
      hasGoneBack(report(), report({ block: { first: 301, last: 400 }, used: 0 })),
      false,
    )
  })

  it('is believed as far as it takes a small part of all numbers, or one block', () => {
    const limit = 25_600

    assert.equal(highestSaid(report({ greatest: 300 })), 300)
    assert.equal(highestSaid(report({ block: { first: 301, last: 400 } })), 400)
    assert.deepEqual(
      [600, 601].map((said) => isBelievable(said, 500, { limit, size: 10 })),
      [true, false],
    )
    assert.equal(isBelievable(700, 500, { limit, size: 200 }), true)
    assert.equal(isBelievable(5, 500, { limit, size: 10 }), true)
  })
})
