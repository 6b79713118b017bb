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

const bare = new DatabaseSync(`${folder}/bare.db`)
bare.exec(`${PRAGMAS}; ${TABLE}`)
const present = readRows(shop.database)
const entered = readRows(shop.database, 'number').map((row) =>
  row.with(-1, 'Отгружено без замечаний'),
)
const { processorMs: bareInsertMs } = await costOf(() => writeAll(bare, UPSERT, entered))
const { processorMs: bareUpsertMs } = await costOf(() => writeAll(bare, UPSERT, present))
if (JSON.stringify(readRows(office.database)) !== JSON.stringify(present)) {
  throw new Error('the two databases are not equal')
}

const figures: Figures = { loadMs, wayMs, bareInsertMs, bareUpsertMs }
console.log(JSON.stringify(figures))

async function bringOver(): Promise<void> {
  await exchange(office.context)
  await exchange(shop.context)
  if (post.letters.some(({ name }) => name.to === 'С01')) throw new Error('letters are left')
}

/** A new row's number is in the order in which the rows were entered, its id is not. */
function readRows(database: DatabaseSync, order: 'id' | 'number' = 'id'): SQLInputValue[][] {
  const statement = database.prepare(`SELECT * FROM sales ORDER BY ${order}`)
  return statement.all().map((row) => Object.values(row))
}

function newRows(): SQLInputValue[][] {
  return Array.from({ length: Number(rowsText) }, (_, no) => makeRow(no))
}
