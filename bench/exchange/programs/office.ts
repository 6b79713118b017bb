/** The head office of a large exchange: writes rows, and sends them away by mail. */
import { exchange } from '@obmen/exchange'

import { peakOctets } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { openSite } from '../site.ts'
import { INSERT, makeRow } from '../trade.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)
const { database, context } = await openSite(folder, { code: 'ЦБ', peers: ['С01'] })
await exchange(context)
const idleOctets = peakOctets()
const insert = database.prepare(INSERT)
database.exec('BEGIN')
for (let no = 0; no < Number(rowsText); no += 1) insert.run(...makeRow(no))
database.exec('COMMIT')
const [result] = await exchange(context)
if (result?.sent === undefined) throw new Error('nothing was sent', { cause: result?.errors })
await context.transport.close()

const { messages, octets } = result.sent
const figures: Figures = { messages, octets, idleOctets, peakOctets: peakOctets() }
console.log(JSON.stringify(figures))
