import { randomFillSync } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runProgram } from '../programs.ts'
import {
  CEILING,
  ceilingFigure,
  figure,
  type Line,
  median,
  peerFigure,
  type Section,
} from './figures.ts'
import { type Sink, startDiscardingSink, startSmtpSink } from './sinks.ts'

const MEGABYTE = 1e6

/** Sizes in megabytes, and how often each is sent: what takes seconds differs less from run to run. */
const SIZES: readonly { readonly megabytes: number; readonly rounds: number }[] = [
  { megabytes: 50, rounds: 3 },
  { megabytes: 500, rounds: 1 },
]

/** Of the letter that is sent before, over the same connection: so that the programs are measured as they run, not as they start. */
const MEGABYTES_BEFORE = 5

/** Enough for any buffer on the way; a client that keeps the letter would need hundreds. */
const MEMORY_BOUND = 64

/** A letter with a large file, from the disk to the server: how fast, and in how much memory. */
export async function* measureAttachments(): AsyncGenerator<Section> {
  using discarding = await startDiscardingSink()
  using chunking = await startDiscardingSink('chunking')
  using smtpSink = await startSmtpSink()
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    const smallPath = join(folder, 'before.bin')
    writeRandomFile(smallPath, MEGABYTES_BEFORE)
    for (const { megabytes, rounds } of SIZES) {
      const path = join(folder, `${megabytes}.bin`)
      writeRandomFile(path, megabytes)
      const title = `a file of ${megabytes} MB, after one of ${MEGABYTES_BEFORE} MB`
      const way = { smallPath, path, megabytes, rounds }
      yield {
        title: `${title}, to a sink that discards`,
        lines: await measure(way, discarding, chunking),
      }
      if (smtpSink !== undefined) {
        yield { title: `${title}, to smtp-sink`, lines: await measure(way, smtpSink) }
      }
      rmSync(path)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Way {
  readonly smallPath: string
  readonly path: string
  readonly megabytes: number
  readonly rounds: number
}

interface Run {
  readonly rate: number
  readonly cpuMilliseconds: number
  readonly extraMegabytes: number
}

type Runs = Readonly<Record<'obmen' | 'chunked' | 'nodemailer' | 'raw', readonly Run[]>>

async function measure(way: Way, sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const obmen: Run[] = []
  const chunked: Run[] = []
  const nodemailer: Run[] = []
  const raw: Run[] = []
  for (let round = 0; round < way.rounds; round += 1) {
    obmen.push(await send('obmen', way, sink))
    if (chunking !== undefined) chunked.push(await send('obmen', way, chunking))
    nodemailer.push(await send('nodemailer', way, sink))
    raw.push(await send('raw', way, sink))
  }
  const runs = { obmen, chunked, nodemailer, raw }
  return [...rateLines(runs), ...costLines(runs), ...memoryLines(runs)]
}

function rateLines({ obmen, chunked, nodemailer, raw }: Runs): readonly Line[] {
  const unit = 'MB/s of the file'
  const rates = (of: readonly Run[]): readonly number[] => of.map(({ rate }) => rate)
  const ours = rates(obmen)
  return [
    figure('obmen, DATA', median(ours), unit),
    ...(chunked.length === 0 ? [] : [figure('obmen, CHUNKING', median(rates(chunked)), unit)]),
    peerFigure('nodemailer', rates(nodemailer), {
      ours,
      unit,
      target: { sense: 'at least', bound: 6 },
    }),
    peerFigure(CEILING, rates(raw), { ours, unit }),
    ceilingFigure(rates(raw), rates(nodemailer)),
  ]
}

/** What the client answers for, however slow the sink is and whoever else is at work on the machine. */
function costLines({ obmen, chunked, nodemailer, raw }: Runs): readonly Line[] {
  const unit = 'ms of CPU a MB'
  const costs = (of: readonly Run[]): readonly number[] => of.map((run) => run.cpuMilliseconds)
  const beside = { ours: costs(obmen), unit, isCost: true } as const
  return [
    figure('CPU of the client: obmen, DATA', median(costs(obmen)), unit),
    ...(chunked.length === 0
      ? []
      : [figure('CPU of the client: obmen, CHUNKING', median(costs(chunked)), unit)]),
    peerFigure('CPU of the client: nodemailer', costs(nodemailer), beside),
    figure('CPU of the client: ready octets', median(costs(raw)), unit),
  ]
}

function memoryLines({ obmen, chunked, nodemailer }: Runs): readonly Line[] {
  const memory = (runs: readonly Run[]): number =>
    Math.max(...runs.map((run) => run.extraMegabytes))
  const bound = { sense: 'at most', bound: MEMORY_BOUND } as const
  return [
    figure('obmen, peak memory above idle', memory([...obmen, ...chunked]), 'MB', bound),
    figure('nodemailer, peak memory above idle', memory(nodemailer), 'MB'),
  ]
}

async function send(
  program: 'obmen' | 'nodemailer' | 'raw',
  { smallPath, path, megabytes }: Way,
  { port }: Sink,
): Promise<Run> {
  const args = [String(port), ...(program === 'raw' ? [String(megabytes)] : [smallPath, path])]
  const run = await runProgram(`mail/programs/${program}-attachment.ts`, args)
  const { elapsedMs = Number.NaN, processorMs = Number.NaN } = run
  const { peakOctets = Number.NaN, idleOctets = Number.NaN } = run
  return {
    rate: (megabytes / elapsedMs) * 1000,
    cpuMilliseconds: processorMs / megabytes,
    extraMegabytes: (peakOctets - idleOctets) / MEGABYTE,
  }
}

function writeRandomFile(path: string, megabytes: number): void {
  const file = openSync(path, 'wx')
  const piece = Buffer.alloc(MEGABYTE)
  for (let written = 0; written < megabytes; written += 1) writeSync(file, randomFillSync(piece))
  closeSync(file)
}
