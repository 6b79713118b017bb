/**
 * Shows what an exchange costs: 100,000 rows changed at a head office reach a warehouse through a mail server on the loopback.
 *
 *     npm run bench                      a table
 *     npm run bench -- --json            the same as JSON
 *     npm run bench -- --rows 1000000    another number of rows
 *
 * Mail host, head office and warehouse are processes of their own, so that each one's memory is its own. The figures
 * are of one run: repeat it on a quiet machine before you compare.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import type { OfficeFigures, WarehouseFigures } from './exchange/figures.ts'
import { runProgram, startProgram } from './exchange/programs.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
const host = await startProgram('mail-host.ts', [folder])
try {
  const office = await runProgram<OfficeFigures>('office.ts', [folder, values.rows])
  const warehouse = await runProgram<WarehouseFigures>('warehouse.ts', [folder])
  const figures = { rows: Number(values.rows), office, warehouse }
  console.log(values.json ? JSON.stringify(figures, undefined, 2) : formatTable(figures))
} finally {
  host.kill()
  rmSync(folder, { recursive: true })
}

function formatTable(figures: {
  readonly rows: number
  readonly office: OfficeFigures
  readonly warehouse: WarehouseFigures
}): string {
  const { rows, office, warehouse } = figures
  const line = (step: string, ms: number, note: string): string =>
    `${step.padEnd(36)}${ms.toFixed(0).padStart(8)} ms${perSecond(rows, ms).padStart(12)} rows/s   ${note}`
  const ratio = (office.captureMs / office.bareWriteMs).toFixed(2)
  const megabytes = (octets: number): string => `${(octets / 1e6).toFixed(1)} MB`
  return [
    `${rows} rows of 10 columns, ${office.messages} letters, ${megabytes(office.octets)} compressed`,
    line('write them without registration', office.bareWriteMs, ''),
    line('write them with registration', office.captureMs, `${ratio} × the time without`),
    line('fold', office.foldMs, ''),
    line('write the messages', office.writeMs, ''),
    line('send the letters', office.sendMs, 'SMTP on the loopback'),
    line('receive the letters', warehouse.receiveMs, 'POP3 on the loopback'),
    line('check and apply', warehouse.applyMs, ''),
    `peak memory: head office ${megabytes(office.peakOctets)}, warehouse ${megabytes(warehouse.peakOctets)} (idle process ${megabytes(office.idleOctets)})`,
  ].join('\n')
}

function perSecond(rows: number, ms: number): string {
  return Math.round((rows / ms) * 1000).toLocaleString('en')
}
