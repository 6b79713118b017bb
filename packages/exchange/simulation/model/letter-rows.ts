import { zstdDecompressSync } from 'node:zlib'

import type { Epoch } from '@obmen/exchange'

import { findFrameEnd } from '../../src/message/frame-end.ts'
import { contentOf } from '../disk/raw-frames.ts'
import { ADDED, OWN } from '../world/shape.ts'
import { type RowId, rowId, type RowState } from './row-state.ts'

/** A message as it was sent, read by other means than the engine's. */
export interface LetterContent {
  readonly uuid: string
  /** The code of the node that wrote it. */
  readonly from: string
  readonly epoch: Epoch
  /** Its sender had more to say. */
  readonly hasMore: boolean
  readonly rows: ReadonlyMap<RowId, RowState>
  /** Rows that are no longer the receiver's share, by their last version. */
  readonly departures: ReadonlyMap<RowId, RowState>
}

/** Reads the rows of a message's file as its sender wrote it. */
export function readLetter(octets: Uint8Array, tables: readonly string[]): LetterContent {
  const lines = readText(octets).trimEnd().split('\n')
  const [header = '{}', ...body] = lines
  const rows = new Map<RowId, RowState>()
  const departures = new Map<RowId, RowState>()
  let table = -1
  let keyLength = 0
  let own = -1
  let added = -1
  for (const line of body) {
    const json: unknown = JSON.parse(line)
    if (Array.isArray(json)) {
      const [mark, stamp, origin, ...all] = listOf(json)
      // What a node keeps to itself is no part of the row, also where its peer has to say so; what was added later is empty.
      const values = all.filter((_, index) => index !== own && index !== added)
      const state = {
        stamp: Number(stamp),
        origin: String(origin),
        text: mark === 'u' ? JSON.stringify(values) : undefined,
      }
      const kind = mark === 'x' ? departures : rows
      kind.set(rowId(table, values.slice(0, keyLength)), state)
    } else if (fieldOf(json, 'table') !== undefined) {
      table = tables.indexOf(String(fieldOf(json, 'table')))
      keyLength = Number(fieldOf(json, 'key'))
      const names = listOf(fieldOf(json, 'columns')).map((column) => listOf(column)[0])
      own = names.indexOf(OWN)
      added = names.indexOf(ADDED)
    }
  }
  const says: unknown = JSON.parse(header)
  const [counter, random] = listOf(fieldOf(says, 'epoch'))
  return {
    uuid: String(fieldOf(says, 'uuid')),
    from: String(fieldOf(says, 'from')),
    epoch: { counter: Number(counter), random: String(random) },
    hasMore: fieldOf(says, 'more') === true,
    rows,
    departures,
  }
}

/** A message's file without its compression: several frames of zstd, one after another. */
export function readText(octets: Uint8Array): string {
  return readFrames(octets).join('')
}

/** What each of its frames holds. */
export function readFrames(octets: Uint8Array): string[] {
  const texts: string[] = []
  for (let rest = octets; rest.length > 0;) {
    const end = findFrameEnd(rest)
    if (typeof end !== 'number') throw new TypeError('a message was not sent whole')
    const frame = rest.subarray(0, end)
    texts.push((contentOf(frame) ?? zstdDecompressSync(frame)).toString())
    rest = rest.subarray(end)
  }
  return texts
}

function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined
}

function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : []
}
