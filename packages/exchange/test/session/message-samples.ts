import assert from 'node:assert/strict'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { TestContext } from 'node:test'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { formatTableLine, type RowLine, type TableLine } from '../../src/message/body-lines.ts'
import { findFrameEnd } from '../../src/message/frame-end.ts'
import { FIRST_EPOCH } from '../../src/plan/epoch.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { readMessage, verifyMessage } from '../../src/session/message-reader.ts'
import { type SealedPart, sealPart } from '../../src/session/frames.ts'
import { composeContent, readContent } from '../../src/session/message-content.ts'
import type { Change, ChangeBatch } from '../../src/store/change-store.ts'
import { tableLine } from '../store/store-language.ts'
import { type WrittenFile, writeMessageFile } from './write-message-file.ts'

export const GOODS: TableLine = tableLine('goods', 1, { id: 'integer', name: 'text' })

export const GOODS_LINE = `${formatTableLine(GOODS)}\n`

export const PRICES: TableLine = { ...GOODS, table: 'prices' }

export const ORIGIN = parseNodeCode('ЦБ')

export const HEADER: MessageHeader = {
  plan: parsePlanName('УдаленныеСклады'),
  from: ORIGIN,
  to: parseNodeCode('С01'),
  epoch: FIRST_EPOCH,
  messageNo: toMessageNo(7),
  uuid: '3f9d0a52-5a2c-4b0e-9a39-0f6f0f3ad001',
  baseNo: toMessageNo(6),
  predecessors: [],
  writtenAt: 1_763_790_000_000,
}

/** Changes with the numbers from `first` on: row 1 has position 10, row 2 position 20, … */
export function changes(first: number, names: readonly string[]): Change[] {
  return names.map((name, index) => {
    const id = first + index
    const row: RowLine = { kind: 'row', stamp: id, origin: ORIGIN, values: [BigInt(id), name] }
    return { seq: id * 10, entrySeq: id * 10, via: '', row }
  })
}

export async function* inBatches(...batches: readonly ChangeBatch[]): AsyncGenerator<ChangeBatch> {
  await Promise.resolve()
  yield* batches
}

export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'obmen-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

export async function write(
  t: TestContext,
  batches: readonly ChangeBatch[],
  limitOctets = 1_000_000,
): Promise<WrittenFile> {
  const path = join(await makeFolder(t), 'message')
  const draft = { header: HEADER, batches: inBatches(...batches) }
  return writeMessageFile(path, draft, { limitOctets, leavesOwnOut: true })
}

/** Writes a file with this body, compressed. */
export async function writeBody(t: TestContext, body: string | Buffer): Promise<string> {
  const path = join(await makeFolder(t), 'message')
  await writeFile(path, zstdCompressSync(body))
  return path
}

/** The frames of a file, decompressed. */
export function readFrames(octets: Buffer): string[] {
  const frames: string[] = []
  for (let begin = 0; begin < octets.length;) {
    const end = findFrameEnd(octets.subarray(begin))
    assert.equal(typeof end, 'number')
    const next = begin + Number(end)
    frames.push(zstdDecompressSync(octets.subarray(begin, next)).toString())
    begin = next
  }
  return frames
}

/** Writes a file of one part with these lines, sealed as its sender would. */
export function writePart(
  t: TestContext,
  lines: string | Buffer,
  rowCount: number,
): Promise<string> {
  return writeSealed(t, sealPart(Buffer.from(lines), rowCount), rowCount)
}

/** Writes a file of one part. */
export async function writeSealed(
  t: TestContext,
  { seal, frames }: SealedPart,
  rowCount: number,
): Promise<string> {
  const path = join(await makeFolder(t), 'message')
  const pieces = { rowCount, seals: [seal], ranges: [[0, frames.length]], toldBefore: [] } as const
  const { content } = composeContent(HEADER, { body: { name: 'body', pieces }, checks: [] })
  await pipeline(readContent(content, frames), createWriteStream(path))
  return path
}

export async function readRows(path: string): Promise<readonly (string | RowLine)[]> {
  const pieces: (string | RowLine)[] = []
  for await (const piece of readMessage(await verifyMessage(path))) {
    if ('table' in piece) pieces.push(piece.table)
    else pieces.push(...piece)
  }
  return pieces
}

export const NAMES = ['Чай', 'Кофе', 'Какао', 'Соль']
