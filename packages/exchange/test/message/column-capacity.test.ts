import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { TableLine } from '../../src/message/body-lines.ts'
import { hasLength, narrowerColumns } from '../../src/message/column-capacity.ts'

describe('a column that is compared with the sender’s', () => {
  const narrower = [
    ['smallint', 'integer'],
    ['integer', 'bigint'],
    ['real', 'double precision'],
    ['character varying(20)', 'character varying(21)'],
    ['character varying(20)', 'character varying'],
    ['character varying(20)', 'text'],
    ['character varying(20)', 'NVARCHAR(40)'],
    ['character(2)', 'char (3)'],
    ['numeric(10,2)', 'numeric(11,2)'],
    ['numeric(10,2)', 'numeric(11,3)'],
    ['numeric(30,4)', 'numeric'],
    ['time(3) without time zone', 'time without time zone'],
    ['timestamp(0) with time zone', 'timestamp(3) with time zone'],
  ] as const
  for (const [here, there] of narrower) {
    it(`is named when it is ${here} here and ${there} there, and not the other way round`, () => {
      const found = narrowerColumns(table(here), table(there))

      assert.deepEqual(found, [{ table: 'goods', column: 'c', here, there }])
      assert.deepEqual(narrowerColumns(table(there), table(here)), [])
    })
  }

  it('is named on both sides when each takes something that the other does not', () => {
    for (const [one, other] of [
      ['numeric(12,2)', 'DECIMAL(12, 4)'],
      ['numeric(12,0)', 'numeric(12,-2)'],
    ]) {
      assert.equal(narrowerColumns(table(one), table(other)).length, 1)
      assert.equal(narrowerColumns(table(other), table(one)).length, 1)
    }
  })

  it('is not named when it takes as much, or when a side says nothing that can be compared', () => {
    const pairs = [
      ['character varying(20)', 'VARCHAR(20)'],
      ['numeric(12,2)', 'decimal(12,2)'],
      ['uuid', 'text'],
      ['character varying(20)[]', 'character varying(40)[]'],
      ['integer', 'text'],
      ['integer', undefined],
      [undefined, 'bigint'],
      ['', 'character varying(99999999999999999999)'],
    ] as const
    for (const [here, there] of pairs) {
      assert.deepEqual(narrowerColumns(table(here), table(there)), [], `${here}, ${there}`)
    }
  })

  it('is the one of the same name', () => {
    const theirs: TableLine = {
      ...table('text'),
      columns: [{ name: 'd', type: 'text', declared: 'text' }],
    }

    assert.deepEqual(narrowerColumns(table('character varying(1)'), theirs), [])
  })

  it('has a length when its declared type ends with one', () => {
    assert.deepEqual(['VARCHAR(20)', 'DECIMAL(10, 2)'].map(hasLength), [true, true])
    assert.deepEqual(['TEXT', '', 'INTEGER', 'VARCHAR(MAX)'].map(hasLength), [
      false,
      false,
      false,
      false,
    ])
  })
})

function table(declared: string | undefined): TableLine {
  return {
    kind: 'table',
    table: 'goods',
    keyLength: 1,
    columns: [{ name: 'c', type: 'text', ...(declared !== undefined && { declared }) }],
  }
}
