import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ToldBefore } from '../../src/commands/told-before.ts'

const HOUR_MS = 3_600_000

describe('what was told before', () => {
  it('is not told again in the next round, nor in the same one', () => {
    const told = new ToldBefore(() => 0)

    assert.equal(told.isNews('away'), true)
    assert.equal(told.isNews('away'), false)
    told.endRound()
    assert.equal(told.isNews('away'), false)
    assert.equal(told.hasNews, false)
  })

  it('is told again when it comes back after a round without it', () => {
    const told = new ToldBefore(() => 0)
    told.isNews('away')
    told.endRound()
    told.endRound()

    assert.equal(told.isNews('away'), true)
    assert.equal(told.hasNews, true)
  })

  it('is told again after an hour', () => {
    let now = 0
    const told = new ToldBefore(() => now)
    told.isNews('away')
    for (const later of [HOUR_MS - 1, HOUR_MS]) {
      told.endRound()
      now = later
      assert.equal(told.isNews('away'), later === HOUR_MS)
    }
  })

  it('is over when a round goes by without trouble, and is said to be so once', () => {
    const told = new ToldBefore(() => 0)
    told.isNewTrouble('away')

    assert.equal(told.endRound(), undefined)
    assert.equal(told.isNewTrouble('away'), false)
    assert.equal(told.endRound(), undefined)
    assert.equal(told.endRound(), 'trouble is over')
    assert.equal(told.endRound(), undefined)
  })

  it('is no trouble when it only stands', () => {
    const told = new ToldBefore(() => 0)
    told.isNews('24 messages without an answer')

    assert.equal(told.endRound(), undefined)
    assert.equal(told.endRound(), undefined)
  })
})
