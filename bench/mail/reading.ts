import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'

import { runProgram } from '../programs.ts'
import { figure, type Line, median, peerFigure, type Section } from './figures.ts'
import { writeLargeLetter } from './large-letter.ts'
import { recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from './letter.ts'

const MEGABYTE = 1e6
const ROUNDS = 3
/** Long enough for both programs to run as they run, and not as they start. */
const LETTERS = 15_000
const ATTACHMENT_MEGABYTES = 200
/** A reader that keeps the attachment would need hundreds. */
const MEMORY_BOUND = 64

type Program = 'obmen' | 'postal-mime'

interface Run {
  readonly elapsedMs: number
  readonly extraMegabytes: number
}

/** Small letters from memory, and one with a large attachment from file to file. */
export async function* measureReading(): AsyncGenerator<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    const path = join(folder, 'letter.eml')
    writeFileSync(path, await composeLetter())
    const title = `a letter of ${statSync(path).size} octets in Cyrillic, read ${LETTERS} times`
    yield { title, lines: await measureLetters(path) }
    const large = join(folder, 'large.eml')
    writeLargeLetter(large, ATTACHMENT_MEGABYTES)
    yield {
      title: `an attachment of ${ATTACHMENT_MEGABYTES} MB, from the letter to a file`,
      lines: await measureAttachment(large, join(folder, 'attachment')),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The programs take turns, so that what disturbs one disturbs the other too. */
async function takeTurns(
  task: string,
  args: readonly string[],
): Promise<Readonly<Record<Program, readonly Run[]>>> {
  const runs: Record<Program, Run[]> = { obmen: [], 'postal-mime': [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const program of ['obmen', 'postal-mime'] as const) {
      const figures = await runProgram(`mail/programs/${program}-read-${task}.ts`, args)
      const { elapsedMs = Number.NaN, peakOctets = Number.NaN, idleOctets = Number.NaN } = figures
      runs[program].push({ elapsedMs, extraMegabytes: (peakOctets - idleOctets) / MEGABYTE })
    }
  }
  return runs
}

async function measureLetters(path: string): Promise<readonly Line[]> {
  const runs = await takeTurns('letters', [path, String(LETTERS)])
  const rates = (program: Program): readonly number[] =>
    runs[program].map(({ elapsedMs }) => (LETTERS / elapsedMs) * 1000)
  const unit = 'letters/s'
  const target = { sense: 'at least', bound: 3 } as const
  return [
    figure('obmen', median(rates('obmen')), unit),
    peerFigure('postal-mime', rates('postal-mime'), { ours: rates('obmen'), unit, target }),
  ]
}

async function measureAttachment(letter: string, file: string): Promise<readonly Line[]> {
  const runs = await takeTurns('attachment', [letter, file])
  const megabytes = statSync(letter).size / MEGABYTE
  const rates = (program: Program): readonly number[] =>
    runs[program].map(({ elapsedMs }) => (megabytes / elapsedMs) * 1000)
  const memory = (program: Program): number =>
    Math.max(...runs[program].map(({ extraMegabytes }) => extraMegabytes))
  const unit = 'MB/s of the letter'
  const target = { sense: 'at least', bound: 10 } as const
  const bound = { sense: 'at most', bound: MEMORY_BOUND } as const
  return [
    figure('obmen', median(rates('obmen')), unit),
    peerFigure('postal-mime', rates('postal-mime'), { ours: rates('obmen'), unit, target }),
    figure('obmen, peak memory above idle', memory('obmen'), 'MB', bound),
    figure('postal-mime, peak memory above idle', memory('postal-mime'), 'MB'),
  ]
}

async function composeLetter(): Promise<Uint8Array> {
  const uuid = crypto.randomUUID()
  const letter = composeMessage({
    from: MailboxAddress.parse(`"${SENDER_NAME}" <${SENDER}>`),
    to: [MailboxAddress.parse(recipientOf(0))],
    subject: SUBJECT,
    date: new Date(),
    messageId: formatMessageId(uuid, 'example.org'),
    boundary: uuid.replaceAll('-', ''),
    text: textOf(0),
  })
  const pieces: Uint8Array[] = []
  for await (const piece of letter) pieces.push(piece)
  return Buffer.concat(pieces)
}
