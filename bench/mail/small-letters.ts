import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

import { timeOf } from '../clock.ts'
import { runProgram } from '../programs.ts'
import { type Line, peerFigure, type Section } from './figures.ts'
import { costLines, rateLines, ratesOf, type Run, type Sender, takeTurns } from './senders.ts'
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

async function measure(sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const smtpSource: number[] = []
  const runs = await takeTurns(ROUNDS, { sink, chunking }, async (sender, to) => {
    const run = await send(sender, to)
    const isLastOfRound = sender === 'raw'
    if (isLastOfRound && existsSync(SMTP_SOURCE)) smtpSource.push(await smtpSourceRate(to))
    return run
  })
  const unit = 'letters/s'
  const source = peerFigure('smtp-source, which composes nothing', smtpSource, {
    ours: ratesOf(runs.obmen),
    unit,
    target: { sense: 'at least', bound: 0.6 },
  })
  return [
    ...rateLines(runs, {
      unit,
      peer: 'nodemailer, pool of one connection',
      target: { sense: 'at least', bound: 5 },
      others: [source],
    }),
    ...costLines(runs, 'µs of CPU a letter'),
  ]
}

async function send(sender: Sender, { port }: Sink): Promise<Run> {
  const args = [port, LETTERS_BEFORE, LETTERS, CALLS_AT_ONCE].map(String)
  const cost = await runProgram(`mail/programs/${sender}-letters.ts`, args)
  const { elapsedMs = Number.NaN, processorMs = Number.NaN } = cost
  return { rate: (LETTERS / elapsedMs) * 1000, cpu: (processorMs / LETTERS) * 1000 }
}

/** One session, one connection; the time is that of the whole program, which starts within a millisecond. */
async function smtpSourceRate({ port }: Sink): Promise<number> {
  const args = ['-s', '1', '-d', '-m', String(LETTERS), '-l', String(LETTER_OCTETS)]
  const elapsedMs = await timeOf(async () => {
    const source = spawn(SMTP_SOURCE, [...args, `127.0.0.1:${port}`], { stdio: 'ignore' })
    await once(source, 'exit')
    if (source.exitCode !== 0) throw new Error(`smtp-source ended with status ${source.exitCode}`)
  })
  return (LETTERS / elapsedMs) * 1000
}
