import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { formatFacts, formatTable } from '../../src/output/table.ts'

describe('table', () => {
  it('aligns words left and numbers right, in any script', () => {
    const text = formatTable(
      [{ title: 'узел' }, { title: 'rows', align: 'right' }, { title: 'result' }],
      [
        ['С01', '1', 'done'],
        ['й'.normalize('NFD'), '12345', ''],
      ],
    )

    assert.equal(
      text,
      `узел   rows  result\nС01       1  done\n${'й'.normalize('NFD')}     12345\n`,
    )
  })

  it('puts values side by side with their names', () => {
    assert.equal(
      formatFacts([
        ['plan', 'П'],
        ['this node', 'ЦБ'],
      ]),
      'plan       П\nthis node  ЦБ\n',
    )
  })
})
