/**
 * Where the time of the whole way goes: each phase of it alone, with rows that were changed, beside the least that could do the same by hand.
 * The sum is not the whole way: letters, records and the work between the phases are not in it.
 */
import { writeFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { exchange, parseNodeCode } from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'

import type { RowLine, TableLine } from '../../../packages/exchange/src/message/body-lines.ts'
import { writeBody } from '../../../packages/exchange/src/session/write-body.ts'
import {
  readMessage,
  verifyMessage,
} from '../../../packages/exchange/src/session/message-reader.ts'
import type { ChangeBatch } from '../../../packages/exchange/src/store/change-store.ts'
import { costOf } from '../../clock.ts'
import { openSite } from '../site.ts'
import { INSERT, makeRow, PRAGMAS, TABLE, UPDATE, updatesOf, UPSERT, writeAll } from '../trade.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)
const rows = Array.from({ length: Number(rowsText) }, (_, no) => makeRow(no))

/** One message of all rows: so a phase is one call. */
const NO_LIMIT = 2 ** 40

const figures: Record<string, number> = {}
async function phase(name: string, work: () => unknown): Promise<void> {
  figures[name] = (await costOf(work)).processorMs
}

const post = new PostOffice()
const office = await openSite(folder, { code: 'ЦБ', peers: ['С01'], post })
const shop = await openSite(folder, { code: 'С01', peers: ['ЦБ'], post })
writeAll(office.database, INSERT, rows)
const wide = { ...office.context, rules: { ...office.context.rules, messageSizeOctets: NO_LIMIT } }
await exchange(wide)
await exchange(shop.context)
await exchange(wide)
const bare = new DatabaseSync(`${folder}/bare.db`)
bare.exec(
  `${PRAGMAS}; ${TABLE}; CREATE TABLE entries (id TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID`,
)
writeAll(bare, UPSERT, rows)
bare.exec('INSERT INTO entries SELECT id, rowid FROM sales; CREATE INDEX by_seq ON entries (seq)')

const afterSeq = await headSeq()
writeAll(office.database, UPDATE, updatesOf(rows))
await phase('fold', () => office.store.transaction((transaction) => transaction.fold()))
await phase('bareFold', () => bare.exec(`UPDATE entries SET seq = seq + ${rows.length}`))

const request = { forNode: parseNodeCode('С01'), afterSeq, throughSeq: await headSeq() }
const batches: ChangeBatch[] = []
await phase('read', async () => {
  const read = office.store.readChanges({ ...request, roomForLines: () => NO_LIMIT })
  for await (const batch of read) batches.push(batch)
})
const joined = office.database.prepare(
  `SELECT d.* FROM obmen_index_1 i JOIN sales d ON d.id = i.k1 WHERE i.seq > ? ORDER BY i.seq`,
)
joined.setReturnArrays(true)
const arrays: unknown[] = []
await phase('bareRead', () => arrays.push(...joined.all(afterSeq)))

await phase('encode', async () => {
  const body = await writeBody({ name: 'body', path: `${folder}/body` }, () => replay(batches), {
    limitOctets: NO_LIMIT,
    leavesOwnOut: false,
  })
  await body.close()
})
let packed = Buffer.alloc(0)
await phase('bareEncode', () => {
  packed = zstdCompressSync(arrays.map((row) => JSON.stringify(row)).join('\n'))
})

await exchange(wide)
const [letter] = post.letters.filter(({ name }) => name.to === 'С01')
if (letter === undefined) throw new Error('no letter')
const path = `${folder}/letter`
writeFileSync(path, letter.octets)
await phase('verify', () => verifyMessage(path))
const whole = await verifyMessage(path)
await phase('bareVerify', () => zstdDecompressSync(packed))
const pieces: (TableLine | readonly RowLine[])[] = []
await phase('decode', async () => {
  for await (const piece of readMessage(whole)) pieces.push(piece)
})
await phase('bareDecode', () => {
  for (const line of zstdDecompressSync(packed).toString().split('\n')) JSON.parse(line)
})

await phase('apply', () =>
  shop.store.transaction(async (transaction) => {
    await transaction.fold()
    const sender = { code: parseNodeCode('ЦБ'), acknowledgedSeq: 0, nowMs: 0 }
    const applier = await transaction.beginApplying(sender)
    for (const piece of pieces) {
      if ('table' in piece) await applier.beginTable(piece)
      else await applier.applyRows(piece)
    }
    await applier.finish()
  }),
)
const present = shop.database.prepare('SELECT * FROM sales ORDER BY id').all()
const values = present.map((row): SQLInputValue[] => Object.values(row))
await phase('bareApply', () => writeAll(bare, UPSERT, values))
console.log(JSON.stringify(figures))

async function headSeq(): Promise<number> {
  const survey = await office.store.survey({ nowMs: Date.now(), resendAfterMs: 1e9 })
  return survey.headSeq
}

async function* replay<Item>(items: readonly Item[]): AsyncGenerator<Item, void, void> {
  yield* await Promise.resolve(items)
}
