import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

import { timeOf } from '../clock.ts'
import { runProgram } from '../programs.ts'
import { figure, type Line, median, peerFigure, type Section } from './figures.ts'
import { type Sink, SMTP_SOURCE, startDiscardingSink, startSmtpSink } from './sinks.ts'

const ROUNDS = 3
const LETTERS = 1500
/** So that both programs are measured as they run, not as they start. */
const LETTERS_BEFORE = 500
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

/** The programs take turns, so that what disturbs one disturbs the others too. */
async function measure(sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const obmen: number[] = []
  const chunked: number[] = []
  const nodemailer: number[] = []
  const smtpSource: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    obmen.push(await lettersPerSecond('obmen', sink))
    if (chunking !== undefined) chunked.push(await lettersPerSecond('obmen', chunking))
    nodemailer.push(await lettersPerSecond('nodemailer', sink))
    if (existsSync(SMTP_SOURCE)) smtpSource.push(await smtpSourceLettersPerSecond(sink))
  }
  const unit = 'letters/s'
  return [
    figure('obmen, DATA', median(obmen), unit),
    ...(chunked.length === 0 ? [] : [figure('obmen, CHUNKING', median(chunked), unit)]),
    peerFigure('nodemailer, pool of one connection', nodemailer, {
      ours: obmen,
      unit,
      target: { sense: 'at least', bound: 5 },
    }),
    peerFigure('smtp-source, which composes nothing', smtpSource, {
      ours: obmen,
      unit,
      target: { sense: 'at least', bound: 0.6 },
    }),
  ]
}

async function lettersPerSecond(program: 'obmen' | 'nodemailer', { port }: Sink): Promise<number> {
  const args = [port, LETTERS_BEFORE, LETTERS, CALLS_AT_ONCE].map(String)
  const { elapsedMs = Number.NaN } = await runProgram(`mail/programs/${program}-letters.ts`, args)
  return (LETTERS / elapsedMs) * 1000
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
