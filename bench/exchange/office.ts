/** The head office: writes rows, with and without registration, folds them, and sends them away. */
import { DatabaseSync } from 'node:sqlite'

import { exchange } from '@obmen/exchange'

import { peakOctets, timeOf } from '../clock.ts'
import type { Figures } from '../programs.ts'
import { openSite, TABLE } from './site.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)
const idleOctets = peakOctets()
const rows = Number(rowsText)

const bare = new DatabaseSync(`${folder}/bare.db`)
bare.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${TABLE}`)
const bareWriteMs = await timeOf(() => writeRows(bare))

const { database, store, context, mailTime } = await openSite(folder, 'ЦБ', 'С01')
const captureMs = await timeOf(() => writeRows(database))
const foldMs = await timeOf(() => store.transaction((transaction) => transaction.fold()))
let sent = { messages: 0, octets: 0 }
const exchangeMs = await timeOf(async () => {
  const [result] = await exchange(context)
  if (result?.sent === undefined) throw new Error('nothing was sent', { cause: result?.errors })
  sent = result.sent
})
await context.transport.close()

const figures: Figures = {
  bareWriteMs,
  captureMs,
  foldMs,
  writeMs: exchangeMs - mailTime.deliverMs,
  sendMs: mailTime.deliverMs,
  messages: sent.messages,
  octets: sent.octets,
  idleOctets,
  peakOctets: peakOctets(),
}
console.log(JSON.stringify(figures))

function writeRows(target: DatabaseSync): void {
  const insert = target.prepare('INSERT INTO goods VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  target.exec('BEGIN')
  for (let row = 0; row < rows; row += 1) {
    insert.run(
      crypto.randomUUID(),
      crypto.randomUUID(),
      `К-${row}`,
      `Товар номер ${row}`,
      (row * 1.37).toFixed(2),
      row,
      '2026-11-22',
      row % 2,
      row * 1.1,
      row % 3 === 0 ? null : `примечание ${row}`,
    )
  }
  target.exec('COMMIT')
}
