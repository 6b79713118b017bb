/** What the whole way costs: rows of one database reach another one, beside a loop that just writes the same rows. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import { exchange } from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'

import { costOf } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { openSite } from '../site.ts'
import { INSERT, makeRow, PRAGMAS, TABLE, UPDATE, updatesOf, UPSERT, writeAll } from '../trade.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)

const post = new PostOffice()
const office = await openSite(folder, { code: 'ЦБ', peers: ['С01'], post })
const shop = await openSite(folder, { code: 'С01', peers: ['ЦБ'], post })
// No rows are kept meanwhile: whatever a program keeps makes it cost more to collect the rest.
writeAll(office.database, INSERT, newRows())
const { processorMs: loadMs } = await costOf(bringOver)
writeAll(office.database, UPDATE, updatesOf(readRows(office.database, 'number')))
const { processorMs: wayMs } = await costOf(bringOver)

if (JSON.stringify(readRows(office.database)) !== JSON.stringify(readRows(shop.database))) {
  throw new Error('the two databases are not equal')
}
// Rows are changed in the order in which they were entered; in that of their keys they lie anywhere in the table.
const { insertMs: bareInsertMs, upsertMs: bareUpsertMs } = await bareCosts('number')
const { upsertMs: bareUpsertByKeyMs } = await bareCosts('id')

const figures: Figures = { loadMs, wayMs, bareInsertMs, bareUpsertMs, bareUpsertByKeyMs }
console.log(JSON.stringify(figures))

/** What it takes to write the rows by a bare loop as they were entered, and then as they were changed, in this order. */
async function bareCosts(
  order: Order,
): Promise<{ readonly insertMs: number; readonly upsertMs: number }> {
  using bare = new DatabaseSync(`${folder}/bare-${order}.db`)
  bare.exec(`${PRAGMAS}; ${TABLE}`)
  const changed = readRows(shop.database, order)
  const entered = readRows(shop.database, 'number').map((row) =>
    row.with(-1, 'Отгружено без замечаний'),
  )
  const { processorMs: insertMs } = await costOf(() => writeAll(bare, UPSERT, entered))
  const { processorMs: upsertMs } = await costOf(() => writeAll(bare, UPSERT, changed))
  return { insertMs, upsertMs }
}

async function bringOver(): Promise<void> {
  await exchange(office.context)
  await exchange(shop.context)
  if (post.letters.some(({ name }) => name.to === 'С01')) throw new Error('letters are left')
}

/** A new row's number is in the order in which the rows were entered, its id is not. */
type Order = 'id' | 'number'

function readRows(database: DatabaseSync, order: Order = 'id'): SQLInputValue[][] {
  const statement = database.prepare(`SELECT * FROM sales ORDER BY ${order}`)
  return statement.all().map((row) => Object.values(row))
}

function newRows(): SQLInputValue[][] {
  return Array.from({ length: Number(rowsText) }, (_, no) => makeRow(no))
}
