import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import {
  beginLife,
  followLives,
  isLedTwice,
  type Lineage,
  NO_LINEAGE,
} from '../../src/plan/lineage.ts'

const DAY_MS = 86_400_000

/** What is known after messages of these lives, each on a day of its own. */
function follow(...chains: readonly string[]): Lineage {
  return chains.reduce(
    (lineage, chain, day) => followLives(lineage, chain.split(''), day * DAY_MS),
    NO_LINEAGE,
  )
}

describe('the lives of a database', () => {
  it('are the same database as long as each goes on from the one before', () => {
    const lineage = follow('a', 'ba', 'ba', 'cba')

    assert.deepEqual(lineage, { lives: ['c', 'b', 'a'], ended: [], returns: [] })
  })

  it('end when it goes on from an earlier one, as after a restored backup', () => {
    const lineage = follow('a', 'ba', 'cba', 'da')

    assert.deepEqual(lineage, { lives: ['d', 'a'], ended: ['c', 'b'], returns: [] })
  })

  it('all end when it goes on from before them', () => {
    assert.deepEqual(follow('a', 'ba', 'x').ended, ['b', 'a'])
  })

  it('come back once when a newer backup is restored after an older one, and that is one database', () => {
    const lineage = follow('a', 'ba', 'ca', 'dba')

    assert.deepEqual(lineage.returns, [3 * DAY_MS])
    assert.equal(isLedTwice(lineage, 4 * DAY_MS), false)
  })

  it('come back in turns when two databases lead them', () => {
    const lineage = follow('a', 'b', 'ca', 'db')

    assert.deepEqual(lineage.returns, [2 * DAY_MS, 3 * DAY_MS])
    assert.equal(isLedTwice(lineage, 4 * DAY_MS), true)
  })

  it('that came back long ago are forgotten, also by a clock that was set back', () => {
    const lineage = follow('a', 'b', 'ca', 'db')

    assert.equal(isLedTwice(lineage, 100 * DAY_MS), false)
    assert.equal(isLedTwice(lineage, -100 * DAY_MS), false)
  })

  it('are remembered as far as the last ones', () => {
    let lives: readonly string[] = []
    for (let life = 0; life < 40; life += 1) lives = beginLife(lives, String(life))

    assert.deepEqual([lives.length, lives[0]], [16, '39'])
  })

  it('of one database never come back, however often it is restored from its last backup', () => {
    const events = fc.array(fc.constantFrom('begin', 'back up', 'restore'), { maxLength: 60 })
    fc.assert(
      fc.property(events, (steps) => {
        let [lives, backup]: (readonly string[])[] = [[], []]
        let lineage = NO_LINEAGE
        for (const [number, step] of steps.entries()) {
          if (step === 'back up') backup = lives
          else {
            lives = beginLife((step === 'restore' ? backup : lives) ?? [], String(number))
            lineage = followLives(lineage, lives, number)
          }
        }
        assert.deepEqual(lineage.returns, [])
      }),
    )
  })
})
