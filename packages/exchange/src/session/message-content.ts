import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

import { formatEndLine } from '../message/body-lines.ts'
import { formatCheckLine, type TableSum } from '../message/check-line.ts'
import { formatHeaderLine } from '../message/header-line.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { MessageContent } from '../plan/node-state.ts'
import type { ChosenPieces } from './message-body.ts'
import { compressFrame, frameOfLines } from './frames.ts'

/** A body and what of it a message has; a message that only acknowledges has none. */
export interface ChosenBody {
  readonly name: string
  readonly pieces: ChosenPieces
}

/** Puts a message together: its own head and tail, and pieces of a body. */
export function composeContent(
  header: MessageHeader,
  { body, checks }: { readonly body: ChosenBody | undefined; readonly checks: readonly TableSum[] },
): { readonly content: MessageContent; readonly sizeOctets: number } {
  const headerLine = `${formatHeaderLine(header)}\n`
  const { rowCount = 0, ranges = [], seals = [] } = body?.pieces ?? {}
  const seal = createHash('sha256').update(headerLine)
  for (const line of seals) seal.update(line)
  const checkLines = checks.map((sum) => `${formatCheckLine(sum)}\n`).join('')
  seal.update(checkLines)
  const endLine = formatEndLine({ rowCount, sha256: seal.digest('hex') })
  // Its checksum shows damage even in the number of the format, which would look like a message of a later version.
  const head = compressFrame(Buffer.from(headerLine))
  const tail = frameOfLines(`${checkLines}${endLine}\n`)
  return {
    content: {
      head: head.toString('base64'),
      body: rowCount > 0 && body !== undefined ? body.name : '',
      ranges,
      tail: tail.toString('base64'),
    },
    sizeOctets: ranges.reduce((sum, [begin, end]) => sum + end - begin, head.length + tail.length),
  }
}

/** The octets of a message's file, in constant memory. `body` is its body, or where it lies. */
export async function* readContent(
  { head, ranges, tail }: MessageContent,
  body: Uint8Array | string,
): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from(head, 'base64')
  for (const [begin, end] of ranges) {
    if (typeof body === 'string') yield* readRange(body, { start: begin, end: end - 1 })
    else yield body.subarray(begin, end)
  }
  yield Buffer.from(tail, 'base64')
}

async function* readRange(
  path: string,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, void> {
  for await (const octets of createReadStream(path, range)) {
    if (Buffer.isBuffer(octets)) yield octets
  }
}
