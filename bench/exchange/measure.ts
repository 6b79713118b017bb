import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Figures, runProgram, startProgram } from '../programs.ts'

/** What is measured, in the order in which it happens. */
const STEPS: readonly (readonly [text: string, site: 'office' | 'warehouse', figure: string])[] = [
  ['write them without registration', 'office', 'bareWriteMs'],
  ['write them with registration', 'office', 'captureMs'],
  ['fold', 'office', 'foldMs'],
  ['write the messages', 'office', 'writeMs'],
  ['send the letters (SMTP on the loopback)', 'office', 'sendMs'],
  ['receive them (POP3 on the loopback)', 'warehouse', 'receiveMs'],
  ['check and apply', 'warehouse', 'applyMs'],
]

/** The figures of one exchange. */
export interface ExchangeFigures {
  readonly rows: number
  readonly office: Figures
  readonly warehouse: Figures
}

/**
 * Shows what an exchange costs: rows changed at a head office reach a warehouse through a mail server on the loopback. Mail host,
 * head office and warehouse are processes of their own, so that each one's memory is its own.
 */
export async function measureExchange(rows: number): Promise<ExchangeFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  const host = await startProgram('exchange/mail-host.ts', [folder])
  try {
    const office = await runProgram('exchange/office.ts', [folder, String(rows)])
    const warehouse = await runProgram('exchange/warehouse.ts', [folder])
    return { rows, office, warehouse }
  } finally {
    host.process.kill()
    rmSync(folder, { recursive: true })
  }
}

export function formatExchange(run: ExchangeFigures): string {
  const { rows, office, warehouse } = run
  const steps = STEPS.map(([text, site, figure]) => {
    const ms = run[site][figure] ?? Number.NaN
    const perSecond = Math.round((rows / ms) * 1000).toLocaleString('en')
    return `${text.padEnd(42)}${ms.toFixed(0).padStart(8)} ms${perSecond.padStart(12)} rows/s`
  })
  const megabytes = (octets = Number.NaN): string => `${(octets / 1e6).toFixed(1)} MB`
  const { messages, octets, captureMs = 0, bareWriteMs = 0, idleOctets, peakOctets } = office
  return [
    `${rows} rows of 10 columns, ${messages} letters, ${megabytes(octets)} compressed`,
    ...steps,
    `registration: ${(captureMs / bareWriteMs).toFixed(2)} × the time without`,
    `peak memory: head office ${megabytes(peakOctets)}, warehouse ${megabytes(warehouse['peakOctets'])}, ` +
      `a process that does nothing yet ${megabytes(idleOctets)}`,
  ].join('\n')
}
