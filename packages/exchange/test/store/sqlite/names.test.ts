import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { PreparedDatabase } from './prepared-database.ts'

const NAMES = [
  { name: 'a space', text: 'Order Details' },
  { name: 'a double quote', text: 'the "best" goods' },
  { name: 'an apostrophe', text: "shop's" },
  { name: 'square brackets', text: 'goods [2026]' },
  { name: 'Cyrillic letters', text: 'Номенклатура' },
  { name: 'an emoji', text: '📦 boxes' },
  { name: 'a word of SQL', text: 'select' },
  { name: 'a statement of SQL', text: 'x"; DROP TABLE obmen_meta; --' },
  { name: 'a per cent sign and an underline', text: '100%_' },
  { name: 'a line break', text: 'two\nlines' },
  { name: 'letters like the ones of ours', text: 'NEW' },
]

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

describe('names', () => {
  for (const { name, text } of NAMES) {
    it(`of tables and columns may hold ${name}`, async () => {
      const [table, key, value] = [text, `${text} key`, `${text} value`].map(quoted)
      const schema = `CREATE TABLE ${table} (${key} TEXT PRIMARY KEY, ${value} INTEGER UNIQUE)`
      const office = new PreparedDatabase(schema)
      const shop = new PreparedDatabase(schema)

      office.sql(
        `INSERT INTO ${table} VALUES ('a', 1), ('b', 2); DELETE FROM ${table} WHERE ${key} = 'b'`,
      )
      office.sql(`UPDATE ${table} SET ${value} = 3; UPDATE ${table} SET ${key} = 'c'`)
      const changes = await office.newChanges()
      const line = {
        kind: 'table' as const,
        table: text,
        keyLength: 1,
        columns: [
          { name: `${text} key`, type: 'text' as const },
          { name: `${text} value`, type: 'integer' as const },
        ],
      }
      const rows = [
        { kind: 'row' as const, stamp: 5, origin: office.store.plan.thisNode, values: ['c', 3n] },
      ]
      const { applied } = await shop.apply(line, rows)

      assert.deepEqual(changes.toSorted(), [`+ ${text} "c" 3`, `- ${text} "a"`, `- ${text} "b"`])
      assert.equal(applied, 1)
      assert.deepEqual(shop.rows(`SELECT * FROM ${table}`), [['c', 3]])
    })
  }
})
