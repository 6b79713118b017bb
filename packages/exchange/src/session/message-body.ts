/**
 * The body of messages: rows from one position of the change index to another, written once for all nodes that get them.
 *
 * It consists of parts, each compressed and sealed by itself. A node does not get the rows that came from it. They usually lie side by
 * side, because a message was applied in one go: so a part holds rows of one sender, and is left out whole for that one. Where senders
 * take turns a part holds a few rows of several, and one that has rows in it gets the part anew, without them.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'

import {
  formatPartLine,
  formatRowLine,
  formatTableLine,
  type TableLine,
} from '../message/body-lines.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { base64 } from '../platform/base64.ts'
import type { Change, ChangeBatch } from '../store/change-store.ts'
import type { TextNotUtf8 } from '../store/errors.ts'
import { compressFrame } from './frames.ts'

/** A part ends here: larger ones cost memory, smaller ones compress less. */
const PART_OCTETS = 1024 * 1024

/** A part that holds rows of several senders ends here: it is made anew for each of them. */
const MIXED_PART_OCTETS = 32 * 1024

export interface BodyOptions {
  /** Octets of rows, before compression, that one body may hold. */
  readonly limitOctets: number
  /** Nodes that rows came from are among those that get it. Otherwise what is read is for the one that gets it, and all of it. */
  readonly leavesOwnOut: boolean
  readonly onRows?: (rowsDone: number) => void
}

/** What of a body one node gets. */
export interface BodyPieces {
  readonly rowCount: number
  readonly ranges: readonly (readonly [begin: number, end: number])[]
  /** The lines that seal the parts. */
  readonly seals: readonly string[]
}

/** A row of which nothing but its place is of interest. */
export interface RowPlace {
  readonly table: string
  readonly key: string
  readonly entrySeq: number
}

interface Part extends BodyPieces {
  readonly senders: ReadonlySet<string>
  /** Rows of one sender that lie side by side, with their table: what a part of several senders is made of. */
  readonly runs: readonly Run[]
}

interface Run {
  readonly sender: NodeCode | ''
  readonly rowCount: number
  readonly text: string
}

/** A body in the spool. Made by {@link writeBody}. */
export class MessageBody {
  readonly name: string
  rowCount = 0
  /** Octets of its rows, before compression. */
  rowOctets = 0
  /** Position of the last row that was read for it; `undefined` when there was none. */
  lastSeq: number | undefined
  /** True when the size bound ended it before the changes did. */
  hasMore = false
  /** The last row in it. */
  lastRow: RowPlace | undefined
  /** Rows that can't be sent as they are, and are not in it. */
  readonly defects: (RowPlace & { readonly error: TextNotUtf8 })[] = []
  readonly #file: FileHandle
  readonly #parts: Part[] = []
  #octets = 0
  #isSynced = true

  constructor(name: string, file: FileHandle) {
    this.name = name
    this.#file = file
  }

  /** What the node gets: everything but what came from it. */
  async piecesFor(node: NodeCode): Promise<BodyPieces> {
    const pieces: BodyPieces[] = []
    for (const part of this.#parts) {
      if (!part.senders.has(node)) pieces.push(part)
      else if (part.senders.size > 1) {
        pieces.push(await this.addPart(part.runs.filter(({ sender }) => sender !== node)))
      }
    }
    return {
      rowCount: pieces.reduce((sum, { rowCount }) => sum + rowCount, 0),
      ranges: joinRanges(pieces.flatMap(({ ranges }) => ranges)),
      seals: pieces.flatMap(({ seals }) => seals),
    }
  }

  async endPart(runs: readonly Run[]): Promise<void> {
    const senders = new Set(runs.map(({ sender }) => sender))
    const pieces = await this.addPart(runs)
    this.#parts.push({ ...pieces, senders, runs: senders.size > 1 ? runs : [] })
  }

  async addPart(runs: readonly Run[]): Promise<BodyPieces> {
    const text = runs.map((run) => run.text).join('')
    const rowCount = runs.reduce((sum, run) => sum + run.rowCount, 0)
    const octets = Buffer.from(text)
    const sha256 = createHash('sha256').update(octets).digest('hex')
    const seal = `${formatPartLine({ rowCount, sha256 })}\n`
    const frame = compressFrame(Buffer.concat([octets, Buffer.from(seal)]))
    const begin = this.#octets
    await this.#file.write(frame, 0, frame.length, begin)
    this.#octets += frame.length
    this.#isSynced = false
    return { rowCount, ranges: [[begin, this.#octets]], seals: [seal] }
  }

  /** Flushes everything to the disk: from now on messages may refer to it. */
  async sync(): Promise<void> {
    if (this.#isSynced) return
    await this.#file.sync()
    this.#isSynced = true
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Writes a body. When that fails, a disk that is full among the reasons, nothing is left of it. */
export async function writeBody(
  at: { readonly name: string; readonly path: string },
  batches: AsyncIterable<ChangeBatch>,
  options: BodyOptions,
): Promise<MessageBody> {
  const body = new MessageBody(at.name, await open(at.path, 'w', 0o600))
  try {
    const encoder = new Encoder(body, options)
    for await (const batch of batches) {
      await encoder.add(batch)
      options.onRows?.(body.rowCount)
      if (body.hasMore) break
    }
    await encoder.end()
    await body.sync()
    return body
  } catch (error) {
    await body.close()
    await rm(at.path, { force: true })
    throw error
  }
}

/** Makes lines of rows, and parts of lines. */
class Encoder {
  readonly #body: MessageBody
  readonly #options: BodyOptions
  #runs: Run[] = []
  /** The run that is being written. */
  #sender: NodeCode | '' = ''
  #text = ''
  #rows = 0
  #table: string | undefined
  /** Octets of the part so far. */
  #octets = 0

  constructor(body: MessageBody, options: BodyOptions) {
    this.#body = body
    this.#options = options
  }

  async add({ table, changes }: ChangeBatch): Promise<void> {
    const tableLine = formatTableLine(table)
    for (const change of changes) {
      const body = this.#body
      if (change.defect === undefined) {
        if (!this.#takes(change, { table, tableLine })) return
      } else {
        body.defects.push({ ...placeOf(change, table), error: change.defect })
      }
      body.lastSeq = change.seq
      if (this.#octets >= PART_OCTETS || this.#isMixedFull()) await this.#endPart()
    }
  }

  async end(): Promise<void> {
    if (this.#octets > 0) await this.#endPart()
  }

  #takes(
    change: Change,
    { table, tableLine }: { readonly table: TableLine; readonly tableLine: string },
  ): boolean {
    const body = this.#body
    const line = formatRowLine(change.row, table, base64)
    const octets = Buffer.byteLength(line) + 1
    // A row that is larger than the bound goes alone: it can't be divided.
    if (body.rowOctets + octets > this.#options.limitOctets && body.rowCount > 0) {
      body.hasMore = true
      return false
    }
    const sender = this.#options.leavesOwnOut ? change.via : ''
    if (sender !== this.#sender) this.#endRun(sender)
    if (this.#table !== tableLine) this.#text += `${tableLine}\n`
    this.#table = tableLine
    this.#text += `${line}\n`
    this.#rows += 1
    this.#octets += octets
    body.rowCount += 1
    body.rowOctets += octets
    body.lastRow = placeOf(change, table)
    return true
  }

  #endRun(next: NodeCode | ''): void {
    if (this.#rows > 0) {
      this.#runs.push({ sender: this.#sender, rowCount: this.#rows, text: this.#text })
    }
    this.#sender = next
    this.#text = ''
    this.#rows = 0
    this.#table = undefined
  }

  #isMixedFull(): boolean {
    if (this.#octets < MIXED_PART_OCTETS) return false
    return this.#runs.some(({ sender }) => sender !== this.#sender)
  }

  async #endPart(): Promise<void> {
    this.#endRun(this.#sender)
    await this.#body.endPart(this.#runs)
    this.#runs = []
    this.#octets = 0
  }
}

function placeOf(change: Change, table: TableLine): RowPlace {
  return { table: table.table, key: formatKey(change, table), entrySeq: change.entrySeq }
}

/** It goes into a sentence for people: two UUIDs and a comma fit. */
const MAX_KEY_LENGTH = 100

function formatKey({ row }: Change, { keyLength }: TableLine): string {
  const key = row.values.slice(0, keyLength).map((value) => {
    if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  })
  return key.join(', ').slice(0, MAX_KEY_LENGTH)
}

/** Ranges that lie side by side are one. */
function joinRanges(
  ranges: readonly (readonly [begin: number, end: number])[],
): [begin: number, end: number][] {
  const joined: [begin: number, end: number][] = []
  for (const [begin, end] of ranges) {
    const last = joined.at(-1)
    if (last?.[1] === begin) last[1] = end
    else joined.push([begin, end])
  }
  return joined
}
