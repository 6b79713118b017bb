/** The warehouse: receives the letters and applies them. */
import { exchange } from '@obmen/exchange'

import { peakOctets, timeOf } from '../clock.ts'
import type { Figures } from '../programs.ts'
import { openSite } from './site.ts'

const { context, mailTime } = await openSite(process.argv[2] ?? '.', 'С01', 'ЦБ')
const exchangeMs = await timeOf(async () => {
  const [result] = await exchange(context)
  if (result?.received === undefined) throw new Error('nothing came', { cause: result?.errors })
})
await context.transport.close()

const figures: Figures = {
  receiveMs: mailTime.fetchMs,
  applyMs: exchangeMs - mailTime.fetchMs,
  peakOctets: peakOctets(),
}
console.log(JSON.stringify(figures))
