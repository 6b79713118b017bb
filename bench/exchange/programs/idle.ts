/** What a cycle costs a head office with many nodes when nothing has changed and no letter has come. */
import { exchange } from '@obmen/exchange'

import { costOf } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { nodeCodes, openSite } from '../site.ts'
import { INSERT, makeRow, writeAll } from '../trade.ts'

const [folder = '.', nodesText = '1000'] = process.argv.slice(2)
const ROWS = 1000
/** The first cycles are compiled while they run. */
const WARM_UP = 5
const CYCLES = 20

const { database, context } = await openSite(folder, {
  code: 'ЦБ',
  peers: nodeCodes(Number(nodesText)),
})
writeAll(
  database,
  INSERT,
  Array.from({ length: ROWS }, (_, no) => makeRow(no)),
)
await exchange(context)
for (let cycle = 0; cycle < WARM_UP; cycle += 1) await exchange(context)
const { processorMs: cyclesMs } = await costOf(async () => {
  for (let cycle = 0; cycle < CYCLES; cycle += 1) await exchange(context)
})
await context.transport.close()
const figures: Figures = { idleMs: cyclesMs / CYCLES }
console.log(JSON.stringify(figures))
