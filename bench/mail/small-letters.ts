import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

import { timeOf } from '../clock.ts'
import { runProgram } from '../programs.ts'
import { type Line, peerFigure, type Section } from './figures.ts'
import {
  costLines,
  rateLines,
  ratesOf,
  type Run,
  type Sender,
  startLines,
  takeTurns,
} from './senders.ts'
import { type Sink, SMTP_SOURCE, startDiscardingSink, startSmtpSink } from './sinks.ts'

const ROUNDS = 3

/** Letters of which the time is taken, and of those before. */
interface Load {
  readonly before: number
  readonly letters: number
}

/** A program as it runs: the engine of JavaScript goes on compiling ours until some 15,000 letters have passed, and the peer's for 10,000. */
const RUNNING: Load = { before: 20_000, letters: 4000 }
/** A program that has just been started. */
const STARTED: Load = { before: 0, letters: 2000 }
/** So many calls wait for their outcome at once. */
const CALLS_AT_ONCE = 100
const LETTER_OCTETS = 2048

const PEER = 'nodemailer, pool of one connection'
const UNIT = 'letters/s'

/** Small letters over one connection, each composed: to Postfix's sink, and to one that costs less than the clients. */
export async function* measureSmallLetters(): AsyncGenerator<Section> {
  using discarding = await startDiscardingSink()
  using chunking = await startDiscardingSink('chunking')
  const title = `${RUNNING.letters} letters of 2 KB, each composed, over one connection, after ${RUNNING.before}`
  yield { title: `${title}, to a sink that discards`, lines: await measure(discarding, chunking) }
  using smtpSink = await startSmtpSink()
  const lines = smtpSink === undefined ? [missingSink()] : await measure(smtpSink)
  yield { title: `${title}, to smtp-sink`, lines }
  yield {
    title: `the first ${STARTED.letters} letters of a program, to a sink that discards`,
    lines: await startLines(ROUNDS, { unit: UNIT, peer: PEER }, (sender) => {
      return send(sender, discarding, STARTED)
    }),
  }
}

function missingSink(): Line {
  return { program: 'smtp-sink (Debian: postfix)', value: undefined, unit: '' }
}

async function measure(sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const smtpSource: number[] = []
  const runs = await takeTurns(ROUNDS, { sink, chunking }, async (sender, to) => {
    const run = await send(sender, to, RUNNING)
    const isLastOfRound = sender === 'raw'
    if (isLastOfRound && existsSync(SMTP_SOURCE)) smtpSource.push(await smtpSourceRate(to))
    return run
  })
  const source = peerFigure('smtp-source, which composes nothing', smtpSource, {
    ours: ratesOf(runs.obmen),
    unit: UNIT,
    target: { sense: 'at least', bound: 0.6 },
  })
  return [
    ...rateLines(runs, {
      unit: UNIT,
      peer: PEER,
      target: { sense: 'at least', bound: 5 },
      others: [source],
    }),
    ...costLines(runs, 'µs of CPU a letter'),
  ]
}

async function send(sender: Sender, { port }: Sink, { before, letters }: Load): Promise<Run> {
  const args = [port, before, letters, CALLS_AT_ONCE].map(String)
  const cost = await runProgram(`mail/programs/${sender}-letters.ts`, args)
  const { elapsedMs = Number.NaN, processorMs = Number.NaN } = cost
  return { rate: (letters / elapsedMs) * 1000, cpu: (processorMs / letters) * 1000 }
}

/** One session, one connection; the time is that of the whole program, which starts within a millisecond. */
async function smtpSourceRate({ port }: Sink): Promise<number> {
  const { letters } = RUNNING
  const args = ['-s', '1', '-d', '-m', String(letters), '-l', String(LETTER_OCTETS)]
  const elapsedMs = await timeOf(async () => {
    const source = spawn(SMTP_SOURCE, [...args, `127.0.0.1:${port}`], { stdio: 'ignore' })
    await once(source, 'exit')
    if (source.exitCode !== 0) throw new Error(`smtp-source ended with status ${source.exitCode}`)
  })
  return (letters / elapsedMs) * 1000
}
