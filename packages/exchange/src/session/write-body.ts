/** Writes the body of messages: lines of rows, and parts of lines. */
import { open, rm } from 'node:fs/promises'

import { formatRowLine, formatTableLine, type TableLine } from '../message/body-lines.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { base64 } from '../platform/base64.ts'
import type { Change, ChangeBatch, ChangeLines } from '../store/change-store.ts'
import { MessageBody, type RowPlace, type Run } from './message-body.ts'
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
  /** Positions at which earlier messages ended, ascending: parts end there too. No batch reaches over one. */
  readonly ends?: readonly number[]
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
  #ends: readonly number[]

  constructor(body: MessageBody, options: BodyOptions) {
    this.#body = body
    this.#options = options
    this.#ends = options.ends ?? []
  }

  async add({ table, changes, lines }: ChangeBatch): Promise<void> {
    const tableLine = this.#tableLineOf(table)
    const body = this.#body
    if (lines !== undefined) await this.#addLines(lines, tableLine)
    for (const change of changes) {
      if (this.#isBehindEnd(change.seq)) await this.#endAt(change.seq)
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
    { via, rowCount, lastSeq, octets, release }: ChangeLines,
    tableLine: string,
  ): Promise<void> {
    if (this.#isBehindEnd(lastSeq)) await this.#endAt(lastSeq)
    const begin = this.#begin(via, tableLine)
    this.#part.append(octets)
    this.#take({ via, rowCount, octets: octets.length }, { begin, tableLine })
    release?.()
    this.#body.lastSeq = lastSeq
    await this.#endFullPart()
  }

  async end(): Promise<void> {
    await this.#endAt(Number.POSITIVE_INFINITY)
  }

  #isBehindEnd(seq: number): boolean {
    const [end] = this.#ends
    return end !== undefined && end < seq
  }

  /** What follows lies at this position, or behind it. */
  async #endAt(seq: number): Promise<void> {
    if (this.#part.length > 0) await this.#endPart()
    for (const end of this.#ends) if (end < seq) this.#body.endAt(end)
    this.#ends = this.#ends.filter((end) => end >= seq)
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
