import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

import { timeOf } from '../clock.ts'
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
import { type Sink, SMTP_SOURCE, startDiscardingSink, startSmtpSink } from './sinks.ts'

const ROUNDS = 3
const LETTERS = 3000
/** So that both programs are measured as they run, not as they start. */
const LETTERS_BEFORE = 2000
/** So many calls wait for their outcome at once. */
const CALLS_AT_ONCE = 100
const LETTER_OCTETS = 2048

/** Small letters over one connection, each composed: to Postfix's sink, and to one that costs less than the clients. */
export async function* measureSmallLetters(): AsyncGenerator<Section> {
  using discarding = await startDiscardingSink()
  using chunking = await startDiscardingSink('chunking')
  const title = `${LETTERS} letters of 2 KB, each composed, over one connection`
  yield { title: `${title}, to a sink that discards`, lines: await measure(discarding, chunking) }
  using smtpSink = await startSmtpSink()
  const lines = smtpSink === undefined ? [missingSink()] : await measure(smtpSink)
  yield { title: `${title}, to smtp-sink`, lines }
}

function missingSink(): Line {
  return { program: 'smtp-sink (Debian: postfix)', value: undefined, unit: '' }
}

/** How fast letters went, and what each cost the client. */
interface Run {
  readonly rate: number
  readonly cpuMicroseconds: number
}

/** The programs take turns, so that what disturbs one disturbs the others too. */
async function measure(sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const obmen: Run[] = []
  const chunked: Run[] = []
  const nodemailer: Run[] = []
  const raw: Run[] = []
  const smtpSource: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    obmen.push(await send('obmen', sink))
    if (chunking !== undefined) chunked.push(await send('obmen', chunking))
    nodemailer.push(await send('nodemailer', sink))
    raw.push(await send('raw', sink))
    if (existsSync(SMTP_SOURCE)) smtpSource.push(await smtpSourceLettersPerSecond(sink))
  }
  return [
    ...rateLines({ obmen, chunked, nodemailer, raw }, smtpSource),
    ...costLines({ obmen, chunked, nodemailer, raw }),
  ]
}

type Runs = Readonly<Record<'obmen' | 'chunked' | 'nodemailer' | 'raw', readonly Run[]>>

function rateLines(runs: Runs, smtpSource: readonly number[]): readonly Line[] {
  const { obmen, chunked, nodemailer, raw } = runs
  const unit = 'letters/s'
  const ours = obmen.map(({ rate }) => rate)
  const rates = (of: readonly Run[]): readonly number[] => of.map(({ rate }) => rate)
  return [
    figure('obmen, DATA', median(ours), unit),
    ...(chunked.length === 0 ? [] : [figure('obmen, CHUNKING', median(rates(chunked)), unit)]),
    peerFigure('nodemailer, pool of one connection', rates(nodemailer), {
      ours,
      unit,
      target: { sense: 'at least', bound: 5 },
    }),
    peerFigure('smtp-source, which composes nothing', smtpSource, {
      ours,
      unit,
      target: { sense: 'at least', bound: 0.6 },
    }),
    peerFigure(CEILING, rates(raw), { ours, unit }),
    ceilingFigure(rates(raw), rates(nodemailer)),
  ]
}

/** What the client answers for, however slow the sink is and whoever else is at work on the machine. */
function costLines({ obmen, chunked, nodemailer, raw }: Runs): readonly Line[] {
  const unit = 'µs of CPU a letter'
  const costs = (of: readonly Run[]): readonly number[] => of.map((run) => run.cpuMicroseconds)
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

async function send(program: 'obmen' | 'nodemailer' | 'raw', { port }: Sink): Promise<Run> {
  const args = [port, LETTERS_BEFORE, LETTERS, CALLS_AT_ONCE].map(String)
  const cost = await runProgram(`mail/programs/${program}-letters.ts`, args)
  const { elapsedMs = Number.NaN, processorMs = Number.NaN } = cost
  return { rate: (LETTERS / elapsedMs) * 1000, cpuMicroseconds: (processorMs / LETTERS) * 1000 }
}

/** One session, one connection; the time is that of the whole program, which starts within a millisecond. */
async function smtpSourceLettersPerSecond({ port }: Sink): Promise<number> {
  const args = ['-s', '1', '-d', '-m', String(LETTERS), '-l', String(LETTER_OCTETS)]
  const elapsedMs = await timeOf(async () => {
    const source = spawn(SMTP_SOURCE, [...args, `127.0.0.1:${port}`], { stdio: 'ignore' })
    await once(source, 'exit')
    if (source.exitCode !== 0) throw new Error(`smtp-source ended with status ${source.exitCode}`)
  })
  return (LETTERS / elapsedMs) * 1000
}
