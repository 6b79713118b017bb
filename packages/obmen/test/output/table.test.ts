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

  it('shows what would break a line or steer a terminal by its number', () => {
    const evil = 'a\n\u001b[2J\u009b\u202eb'
    const shown = String.raw`a\u{a}\u{1b}[2J\u{9b}\u{202e}b`

    assert.equal(formatTable([{ title: 'reason' }], [[evil]]), `reason\n${shown}\n`)
    assert.equal(formatFacts([['key', evil]]), `key  ${shown}\n`)
  })

  it('has as many lines as there are', () => {
    const rows = Array.from({ length: 150_000 }, () => ['x'])

    assert.equal(formatTable([{ title: 'key' }], rows).length, 'key\n'.length + 2 * rows.length)
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
