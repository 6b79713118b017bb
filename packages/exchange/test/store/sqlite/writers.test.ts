import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'

import { PreparedDatabase } from './prepared-database.ts'

const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE COLLATE NOCASE);
  CREATE TABLE stock (place TEXT, goods INTEGER, PRIMARY KEY (place, goods));`

const STATEMENTS = `
  INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c');
  INSERT OR REPLACE INTO goods VALUES (4, 'A');
  INSERT INTO goods VALUES (3, 'x') ON CONFLICT (id) DO UPDATE SET code = excluded.code;
  UPDATE goods SET id = 20 WHERE id = 2;
  INSERT INTO stock VALUES ('Склад', 1), (NULL, 2);
  DELETE FROM stock;`

const CHANGES = [
  '+ goods 20 "b"',
  '+ goods 3 "x"',
  '+ goods 4 "A"',
  '- goods 1',
  '- goods 2',
  '- stock "Склад" 1',
]

const PYTHON = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.executescript(sys.argv[2])
connection.commit()`

/** Lets another program write; where it is missing, another connection of this one does. */
function write(file: string, program: string, programArguments: readonly string[]): void {
  const { error, status, stderr } = spawnSync(program, programArguments, { encoding: 'utf8' })
  if (error === undefined) {
    assert.equal(status, 0, stderr)
    return
  }
  const other = new DatabaseSync(file)
  other.exec(STATEMENTS)
  other.close()
}

function prepareFile(t: TestContext): { readonly node: PreparedDatabase; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const file = join(folder, 'trade.db')
  const node = new PreparedDatabase(SCHEMA, { file })
  t.after(() => {
    node.database.close()
    rmSync(folder, { recursive: true })
  })
  return { node, file }
}

describe('a program that knows nothing of an exchange', () => {
  it('registers its changes: the command line of SQLite', async (t) => {
    const { node, file } = prepareFile(t)

    write(file, 'sqlite3', [file, STATEMENTS])

    assert.deepEqual((await node.newChanges()).toSorted(), CHANGES)
  })

  it('registers its changes: Python', async (t) => {
    const { node, file } = prepareFile(t)

    write(file, 'python3', ['-c', PYTHON, file, STATEMENTS])

    assert.deepEqual((await node.newChanges()).toSorted(), CHANGES)
  })

  it('registers its changes: another connection', async (t) => {
    const { node, file } = prepareFile(t)

    write(file, join(file, 'no such program'), [])

    assert.deepEqual((await node.newChanges()).toSorted(), CHANGES)
  })

  it('registers a change right after a message was applied, and is not registered while it is', async (t) => {
    const { node, file } = prepareFile(t)
    const other = new DatabaseSync(file)
    const line = {
      kind: 'table' as const,
      table: 'goods',
      keyLength: 1,
      columns: [{ name: 'id', type: 'integer' as const }],
    }
    const origin = node.store.plan.thisNode

    await node.apply(line, [{ kind: 'row', stamp: 7, origin, values: [1n] }])
    const applied = node.rows('SELECT count(*) FROM obmen_log_1')
    other.exec(`INSERT INTO goods VALUES (2, 'b')`)
    other.close()

    assert.deepEqual(applied, [[0]])
    assert.deepEqual(node.rows('SELECT k1, evicted FROM obmen_log_1'), [[2, 0]])
  })

  it('writes with the triggers of ours on SQLite without foreign keys, with them, and in one transaction', async (t) => {
    const { node, file } = prepareFile(t)
    const other = new DatabaseSync(file, { enableForeignKeyConstraints: true })

    other.exec(`BEGIN; ${STATEMENTS} COMMIT`)
    other.close()

    assert.deepEqual((await node.newChanges()).toSorted(), CHANGES)
  })
})
