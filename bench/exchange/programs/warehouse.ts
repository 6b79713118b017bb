/** The warehouse of a large exchange: receives the letters and applies them. */
import { exchange } from '@obmen/exchange'

import { peakOctets } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { openSite } from '../site.ts'

const { context } = await openSite(process.argv[2] ?? '.', { code: 'С01', peers: ['ЦБ'] })
const idleOctets = peakOctets()
let applied = 0
for (;;) {
  const [result] = await exchange(context)
  if (result?.received === undefined) throw new Error('nothing came', { cause: result?.errors })
  if (result.received.messages === 0) break
  applied += result.received.applied
}
await context.transport.close()

const figures: Figures = { applied, idleOctets, peakOctets: peakOctets() }
console.log(JSON.stringify(figures))
