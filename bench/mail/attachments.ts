import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runProgram } from '../programs.ts'
import { figure, type Line, type Section } from './figures.ts'
import {
  costLines,
  rateLines,
  type Run,
  type Runs,
  type Sender,
  startLines,
  takeTurns,
} from './senders.ts'
import { type Sink, startDiscardingSink, startSmtpSink } from './sinks.ts'

const MEGABYTE = 1e6

const PEER = 'nodemailer'
const UNIT = 'MB/s of the file'

/** In megabytes. */
const SIZES = [50, 500] as const
const ROUNDS = 5

/**
 * Sent before, over the same connection: so that the programs are measured as they run, not as they start and are compiled, which ours is until some 150 MB
 * have passed. Several letters, because what begins and ends one is compiled anew once it has been seen: with a single one before, the one that is measured pays for that.
 */
const LETTERS_BEFORE = 4
const MEGABYTES_BEFORE = 50

/** Of the file that is also sent by programs that have just been started. */
const FIRST_MEGABYTES = 50

/** Enough for any buffer on the way; a client that keeps the letter would need hundreds. */
const MEMORY_BOUND = 64

/** A letter with a large file, from the disk to the server: how fast, and in how much memory. */
export async function* measureAttachments(): AsyncGenerator<Section> {
  using discarding = await startDiscardingSink()
  using chunking = await startDiscardingSink('chunking')
  using smtpSink = await startSmtpSink()
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    const pathBefore = join(folder, 'before.bin')
    writeRandomFile(pathBefore, MEGABYTES_BEFORE)
    const pathsBefore = Array.from({ length: LETTERS_BEFORE }, () => pathBefore)
    for (const megabytes of SIZES) {
      const path = join(folder, `${megabytes}.bin`)
      writeRandomFile(path, megabytes)
      const title = `a file of ${megabytes} MB, after ${LETTERS_BEFORE} of ${MEGABYTES_BEFORE} MB`
      const way = { pathsBefore, path, megabytes }
      yield {
        title: `${title}, to a sink that discards`,
        lines: await measure(way, discarding, chunking),
      }
      if (smtpSink !== undefined) {
        yield { title: `${title}, to smtp-sink`, lines: await measure(way, smtpSink) }
      }
      if (megabytes === FIRST_MEGABYTES) {
        const first = { ...way, pathsBefore: [] }
        const words = { unit: UNIT, peer: PEER }
        const lines = await startLines(ROUNDS, words, (sender) => send(sender, first, discarding))
        yield {
          title: `the first file of a program, ${megabytes} MB, to a sink that discards`,
          lines,
        }
      }
      rmSync(path)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Way {
  readonly pathsBefore: readonly string[]
  readonly path: string
  readonly megabytes: number
}

interface AttachmentRun extends Run {
  readonly extraMegabytes: number
}

async function measure(way: Way, sink: Sink, chunking?: Sink): Promise<readonly Line[]> {
  const runs = await takeTurns(ROUNDS, { sink, chunking }, (sender, to) => send(sender, way, to))
  return [
    ...rateLines(runs, {
      unit: UNIT,
      peer: PEER,
      target: { sense: 'at least', bound: 6 },
    }),
    ...costLines(runs, 'ms of CPU a MB'),
    ...memoryLines(runs),
  ]
}

function memoryLines({ obmen, chunked, nodemailer }: Runs<AttachmentRun>): readonly Line[] {
  const memory = (runs: readonly AttachmentRun[]): number =>
    Math.max(...runs.map((run) => run.extraMegabytes))
  const bound = { sense: 'at most', bound: MEMORY_BOUND } as const
  return [
    figure('obmen, peak memory above idle', memory([...obmen, ...chunked]), 'MB', bound),
    figure('nodemailer, peak memory above idle', memory(nodemailer), 'MB'),
  ]
}

async function send(
  sender: Sender,
  { pathsBefore, path, megabytes }: Way,
  { port }: Sink,
): Promise<AttachmentRun> {
  const args = [String(port), ...(sender === 'raw' ? [String(megabytes)] : [path, ...pathsBefore])]
  const run = await runProgram(`mail/programs/${sender}-attachment.ts`, args)
  const { elapsedMs = Number.NaN, processorMs = Number.NaN } = run
  const { peakOctets = Number.NaN, idleOctets = Number.NaN } = run
  return {
    rate: (megabytes / elapsedMs) * 1000,
    cpu: processorMs / megabytes,
    extraMegabytes: (peakOctets - idleOctets) / MEGABYTE,
  }
}

/** Writes the file, to the disk, lest that go on while it is sent, and reads it once: on a virtual machine the first time may take ten times as long. */
function writeRandomFile(path: string, megabytes: number): void {
  const piece = Buffer.alloc(MEGABYTE)
  const written = openSync(path, 'wx')
  for (let number = 0; number < megabytes; number += 1) writeSync(written, randomFillSync(piece))
  fsyncSync(written)
  closeSync(written)
  const read = openSync(path, 'r')
  while (readSync(read, piece) > 0);
  closeSync(read)
}
