import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { MessageDamaged } from '../../src/message/errors.ts'
import {
  formatKeyGrant,
  formatKeyReport,
  readKeyGrants,
  readKeyReports,
} from '../../src/message/key-lines.ts'

const REPORT = {
  table: 'Orders',
  block: { first: 10_001, last: 20_000 },
  used: 17_433,
  greatest: 9,
  climbs: true,
  through: 30_000,
}

describe('what a header says of keys', () => {
  it('is read back', () => {
    const { block: _, ...plain } = REPORT
    const grants = [
      { table: 'Orders', block: REPORT.block, through: 5 },
      { table: 'Goods', through: 0 },
    ]

    assert.deepEqual(formatKeyReport(REPORT), ['Orders', 10_001, 20_000, 17_433, 9, 1, 30_000])
    assert.deepEqual(readKeyReports([REPORT, plain].map(formatKeyReport)), [REPORT, plain])
    assert.deepEqual(readKeyGrants(grants.map(formatKeyGrant)), grants)
    assert.equal(readKeyReports(undefined), undefined)
  })

  for (const json of [1, [1], [[1, 2]], [['Orders', 'a']], [['Orders', 1.5, 2, 3]]]) {
    it(`is no ${JSON.stringify(json)}`, () => {
      assert.throws(() => readKeyReports(json), MessageDamaged)
      assert.throws(() => readKeyGrants(json), MessageDamaged)
    })
  }
})
