/** What writing costs an application: without registration, with ours, and with what others register. */
import { DatabaseSync } from 'node:sqlite'

import { parseNodeCode, parsePlanName } from '@obmen/exchange'
import { prepareSqlite } from '@obmen/exchange/sqlite'

import { costOf } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { COLUMNS, INSERT, makeRow, PRAGMAS, TABLE, UPDATE, updatesOf, writeAll } from '../trade.ts'

/** A change row for each of them is written where every node has its own. */
const NODES = 10

/** What takes so much longer is measured with fewer rows. */
const DIVISOR: Readonly<Record<string, number>> = { 'row-per-node': NODES }

const [folder = '.', kind = 'bare', rowsText = '100000'] = process.argv.slice(2)

const INSTALL: Readonly<Record<string, (database: DatabaseSync) => void>> = {
  bare: () => {},
  obmen: (database) => {
    const plan = { name: parsePlanName('УдаленныеСклады'), thisNode: parseNodeCode('ЦБ') }
    prepareSqlite(database, plan, { kind: 'all' })
  },
  'full-row': (database) => database.exec(fullRowTriggers()),
  'row-per-node': (database) => database.exec(registrationTriggers()),
}

const database = new DatabaseSync(`${folder}/capture-${kind}-${process.pid}.db`)
database.exec(`${PRAGMAS}; ${TABLE}`)
INSTALL[kind]?.(database)
const rows = Array.from({ length: Math.ceil(Number(rowsText) / (DIVISOR[kind] ?? 1)) }, (_, no) =>
  makeRow(no),
)
const updates = updatesOf(rows)
const { processorMs: insertMs } = await costOf(() => writeAll(database, INSERT, rows))
const { processorMs: updateMs } = await costOf(() => writeAll(database, UPDATE, updates))
database.close()
const figures: Figures = { rows: rows.length, insertMs, updateMs }
console.log(JSON.stringify(figures))

/** SymmetricDS' way: a trigger writes the row as CSV, at an update also the row as it was, into one table of changes. */
function fullRowTriggers(): string {
  const csv = (row: 'new' | 'old'): string =>
    COLUMNS.map(
      (column) =>
        `CASE WHEN ${row}.${column} IS NULL THEN '' ` +
        `ELSE '"' || replace(replace(${row}.${column}, '\\', '\\\\'), '"', '\\"') || '"' END`,
    ).join(` || ',' || `)
  const key = (row: 'new' | 'old'): string => `'"' || ${row}.id || '"'`
  const change = (event: string, values: string): string =>
    `INSERT INTO sym_data (table_name, event_type, trigger_hist_id, row_data, pk_data, old_data,
       channel_id, transaction_id, source_node_id, external_data, create_time)
     VALUES ('sales', '${event}', 1, ${values}, 'default', NULL, NULL, NULL,
       strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime'))`
  return `
    CREATE TABLE sym_data (
      data_id INTEGER PRIMARY KEY AUTOINCREMENT, table_name VARCHAR NOT NULL, event_type VARCHAR NOT NULL,
      row_data LONGVARCHAR, pk_data LONGVARCHAR, old_data LONGVARCHAR, trigger_hist_id INTEGER NOT NULL,
      channel_id VARCHAR, transaction_id VARCHAR, source_node_id VARCHAR, external_data VARCHAR,
      create_time TIMESTAMP);
    CREATE INDEX sym_idx_d_channel_id ON sym_data (data_id, channel_id);
    CREATE TRIGGER sym_on_i AFTER INSERT ON sales BEGIN ${change('I', `${csv('new')}, NULL, NULL`)}; END;
    CREATE TRIGGER sym_on_u AFTER UPDATE ON sales BEGIN
      ${change('U', `${csv('new')}, ${key('old')}, ${csv('old')}`)}; END;`
}

/** The way of 1C's exchange plans: a row for each node and key, whose message number is empty until it is sent. */
function registrationTriggers(): string {
  const nodes = Array.from({ length: NODES }, (_, no) => `('С${String(no).padStart(2, '0')}')`)
  const register = `INSERT OR REPLACE INTO sales_changes SELECT code, new.id, NULL FROM nodes`
  return `
    CREATE TABLE nodes (code TEXT PRIMARY KEY);
    INSERT INTO nodes VALUES ${nodes.join(', ')};
    CREATE TABLE sales_changes (node TEXT NOT NULL, id TEXT NOT NULL, message_no INTEGER,
      PRIMARY KEY (node, id)) WITHOUT ROWID;
    CREATE INDEX sales_changes_by_message ON sales_changes (node, message_no);
    CREATE TRIGGER register_i AFTER INSERT ON sales BEGIN ${register}; END;
    CREATE TRIGGER register_u AFTER UPDATE ON sales BEGIN ${register}; END;`
}
