/**
 * The body of messages: rows from one position of the change index to another, written once for all nodes that get them.
 *
 * It consists of parts, each compressed and sealed by itself. A node does not get the rows that came from it. They usually lie side by
 * side, because a message was applied in one go: so a part holds rows of one sender, and is left out whole for that one. Where senders
 * take turns a part holds a few rows of several, and one that has rows in it gets the part anew, without them.
 */
import type { FileHandle } from 'node:fs/promises'

import type { NodeCode } from '../plan/node-code.ts'
import type { RowsThrough } from '../plan/message-header.ts'
import { release } from '../platform/release.ts'
import type { TextNotUtf8 } from '../store/errors.ts'
import { sealPart } from './frames.ts'
import { OctetBuffer } from './octet-buffer.ts'
import { writeWhole } from './write-whole.ts'

/** What of a body one node gets. */
export interface BodyPieces {
  readonly rowCount: number
  readonly ranges: readonly (readonly [begin: number, end: number])[]
  /** The lines that seal the parts. */
  readonly seals: readonly string[]
}

/** What of a body one node gets, and how many of these rows earlier messages have told. */
export interface ChosenPieces extends BodyPieces {
  readonly toldBefore: readonly RowsThrough[]
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

/** Rows of one sender in a part, with the line of their table. */
export interface Run {
  readonly sender: NodeCode | ''
  readonly rowCount: number
  readonly octets: Uint8Array
}

/** A body in the spool. Made by `writeBody`. */
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
  /** How many parts there are up to a position. */
  readonly #ends: { readonly throughSeq: number; readonly parts: number }[] = []
  #octets = 0
  #isSynced = true

  constructor(name: string, file: FileHandle) {
    this.name = name
    this.#file = file
  }

  /** What the node gets: everything but what came from it. */
  async piecesFor(node: NodeCode): Promise<ChosenPieces> {
    const pieces: BodyPieces[] = []
    /** The node's rows before each part, and all of them. */
    const rowsBefore = [0]
    for (const part of this.#parts) {
      const own = await this.#partFor(part, node)
      if (own !== undefined) pieces.push(own)
      rowsBefore.push((rowsBefore.at(-1) ?? 0) + (own?.rowCount ?? 0))
    }
    return {
      rowCount: rowsBefore.at(-1) ?? 0,
      ranges: joinRanges(pieces.flatMap(({ ranges }) => ranges)),
      seals: pieces.flatMap(({ seals }) => seals),
      toldBefore: this.#ends
        .map(({ throughSeq, parts }) => ({ throughSeq, rowCount: rowsBefore[parts] ?? 0 }))
        .filter(({ rowCount }) => rowCount > 0),
    }
  }

  async #partFor(part: Part, node: NodeCode): Promise<BodyPieces | undefined> {
    if (!part.senders.has(node)) return part
    if (part.senders.size === 1) return undefined
    return this.#addRuns(part.runs.filter(({ sender }) => sender !== node))
  }

  /** The rows of all parts so far lie at positions up to this one, and those that come do not. */
  endAt(throughSeq: number): void {
    this.#ends.push({ throughSeq, parts: this.#parts.length })
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
    await writeWhole(this.#file, frames, begin)
    this.#octets += frames.length
    this.#isSynced = false
    release(frames)
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
