/** One side of a large exchange by mail: exchanges until nothing comes any more, and tells how much memory that took. */
import { exchange } from '@obmen/exchange'

import { peakOctets } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { openSite } from '../site.ts'

const [folder = '.', code = 'ЦБ', peer = 'С01'] = process.argv.slice(2)
const { context } = await openSite(folder, { code, peers: [peer] })
const idleOctets = peakOctets()
let applied = 0
let sent = 0
for (;;) {
  const [result] = await exchange(context)
  if (result?.received === undefined || result.errors.length > 0) {
    throw new Error('the exchange failed', { cause: result?.errors })
  }
  applied += result.received.applied
  sent += result.sent?.rows ?? 0
  if (result.received.messages === 0) break
}
await context.transport.close()

const figures: Figures = { applied, sent, idleOctets, peakOctets: peakOctets() }
console.log(JSON.stringify(figures))
