/**
 * The body of messages: rows from one position of the change index to another, written once for all nodes that get them.
 *
 * It consists of parts, each compressed and sealed by itself. A node does not get the rows that came from it. They usually lie side by
 * side, because a message was applied in one go: so a part holds rows of one sender, and is left out whole for that one. Where senders
 * take turns a part holds a few rows of several, and one that has rows in it gets the part anew, without them.
 */
import { type FileHandle, open, rm } from 'node:fs/promises'

import { formatRowLine, formatTableLine, type TableLine } from '../message/body-lines.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { base64 } from '../platform/base64.ts'
import type { Change, ChangeBatch, ChangeLines } from '../store/change-store.ts'
import type { TextNotUtf8 } from '../store/errors.ts'
import { sealPart } from './frames.ts'
import { OctetBuffer } from './octet-buffer.ts'

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
  readonly octets: Uint8Array
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
  /** The first row in it; `undefined` also where it begins with lines that came ready made. Those are several. */
  firstRow: RowPlace | undefined
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
        pieces.push(await this.#addRuns(part.runs.filter(({ sender }) => sender !== node)))
      }
    }
    return {
      rowCount: pieces.reduce((sum, { rowCount }) => sum + rowCount, 0),
      ranges: joinRanges(pieces.flatMap(({ ranges }) => ranges)),
      seals: pieces.flatMap(({ seals }) => seals),
    }
  }

  /** Adds a part. Its lines are `octets`, whose memory is used again afterwards. */
  async endPart(octets: OctetBuffer, runs: readonly Run[]): Promise<void> {
    const senders = new Set(runs.map(({ sender }) => sender))
    const rowCount = runs.reduce((sum, run) => sum + run.rowCount, 0)
    const pieces = await this.#addPart(octets, rowCount)
    const kept = senders.size > 1 ? runs : []
    this.#parts.push({
      ...pieces,
      senders,
      runs: kept.map((run) => ({ ...run, octets: new Uint8Array(run.octets) })),
    })
  }

  #addRuns(runs: readonly Run[]): Promise<BodyPieces> {
    const octets = new OctetBuffer()
    for (const run of runs) octets.append(run.octets)
    return this.#addPart(
      octets,
      runs.reduce((sum, { rowCount }) => sum + rowCount, 0),
    )
  }

  async #addPart(octets: OctetBuffer, rowCount: number): Promise<BodyPieces> {
    const { seal, frames } = sealPart(octets.view(), rowCount)
    const begin = this.#octets
    await this.#file.write(frames, 0, frames.length, begin)
    this.#octets += frames.length
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

/**
 * Writes a body. `read` is told how many octets of rows it can still take. When that fails, a disk that is full among the reasons,
 * nothing is left of it.
 */
export async function writeBody(
  at: { readonly name: string; readonly path: string },
  read: (room: () => number) => AsyncIterable<ChangeBatch>,
  options: BodyOptions,
): Promise<MessageBody> {
  const body = new MessageBody(at.name, await open(at.path, 'w', 0o600))
  try {
    const encoder = new Encoder(body, options)
    for await (const batch of read(() => options.limitOctets - body.rowOctets)) {
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
  /** The lines of the part that is being written. */
  readonly #part = new OctetBuffer()
  #runs: Run[] = []
  /** The run that is being written, and where it begins in the part. */
  #sender: NodeCode | '' = ''
  #runBegin = 0
  #rows = 0
  #table: string | undefined
  #lineOf: { readonly table: TableLine; readonly line: string } | undefined
  #isMixed = false

  constructor(body: MessageBody, options: BodyOptions) {
    this.#body = body
    this.#options = options
  }

  async add({ table, changes, lines }: ChangeBatch): Promise<void> {
    const tableLine = this.#tableLineOf(table)
    const body = this.#body
    if (lines !== undefined) await this.#addLines(lines, tableLine)
    for (const change of changes) {
      if (change.defect !== undefined) {
        body.defects.push({ ...placeOf(change, table), error: change.defect })
      } else if (!this.#takes(change, { table, tableLine })) {
        return
      }
      body.lastSeq = change.seq
      await this.#endFullPart()
    }
  }

  /** Batches of one table come in long runs. */
  #tableLineOf(table: TableLine): string {
    if (this.#lineOf?.table !== table) {
      this.#lineOf = { table, line: `${formatTableLine(table)}\n` }
    }
    return this.#lineOf.line
  }

  /** Adds lines for which there is room. */
  async #addLines(
    { via, rowCount, lastSeq, octets }: ChangeLines,
    tableLine: string,
  ): Promise<void> {
    const begin = this.#begin(via, tableLine)
    this.#part.append(octets)
    this.#take({ via, rowCount, octets: octets.length }, { begin, tableLine })
    this.#body.lastSeq = lastSeq
    await this.#endFullPart()
  }

  async end(): Promise<void> {
    if (this.#part.length > 0) await this.#endPart()
  }

  async #endFullPart(): Promise<void> {
    const { length } = this.#part
    if (length >= (this.#isMixed ? MIXED_PART_OCTETS : PART_OCTETS)) await this.#endPart()
  }

  #takes(
    change: Change,
    { table, tableLine }: { readonly table: TableLine; readonly tableLine: string },
  ): boolean {
    const body = this.#body
    const begin = this.#begin(change.via, tableLine)
    const octets = this.#part.write(`${formatRowLine(change.row, table, base64)}\n`)
    // A row that is larger than the bound goes alone: it can't be divided.
    if (body.rowOctets + octets > this.#options.limitOctets && body.rowCount > 0) {
      this.#part.truncate(begin)
      body.hasMore = true
      return false
    }
    body.firstRow ??= placeOf(change, table)
    this.#take({ via: change.via, rowCount: 1, octets }, { begin, tableLine })
    return true
  }

  /** Tells where the next rows begin, after the line of their table where it is needed: a run can be taken out of its part. */
  #begin(via: NodeCode | '', tableLine: string): number {
    const begin = this.#part.length
    const isOther = this.#senderOf(via) !== this.#sender && this.#rows > 0
    if (isOther || this.#table !== tableLine) this.#part.write(tableLine)
    return begin
  }

  #take(
    rows: { readonly via: NodeCode | ''; readonly rowCount: number; readonly octets: number },
    { begin, tableLine }: { readonly begin: number; readonly tableLine: string },
  ): void {
    const sender = this.#senderOf(rows.via)
    if (sender !== this.#sender && this.#rows > 0) this.#endRun(begin)
    this.#sender = sender
    this.#table = tableLine
    this.#rows += rows.rowCount
    this.#body.rowCount += rows.rowCount
    this.#body.rowOctets += rows.octets
  }

  #senderOf(via: NodeCode | ''): NodeCode | '' {
    return this.#options.leavesOwnOut ? via : ''
  }

  #endRun(end: number): void {
    const octets = this.#part.view().subarray(this.#runBegin, end)
    this.#runs.push({ sender: this.#sender, rowCount: this.#rows, octets })
    this.#isMixed = true
    this.#runBegin = end
    this.#rows = 0
  }

  async #endPart(): Promise<void> {
    this.#endRun(this.#part.length)
    await this.#body.endPart(this.#part, this.#runs)
    this.#part.truncate(0)
    this.#runs = []
    this.#runBegin = 0
    this.#table = undefined
    this.#isMixed = false
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
