import { existsSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname, join } from 'node:path'

import type { KeyBlockRule } from '../plan/key-blocks.ts'

/** So many blocks are handed out in a transaction before its mark is set again: a file is not written for each of them. */
const BLOCKS_AHEAD = 64

/** Which number a mark is of: the highest one that may have been handed out to a node, or the last one that this node has told of. */
export type MarkKind = 'handed' | 'used'

/**
 * How far keys have come, told outside of the database: a database that was restored from a backup tells less. Where the file is
 * lost, or was restored together with the database, what the nodes report has to do.
 */
export class KeyMarks {
  readonly #path: string
  #marks: Map<string, number> | undefined

  constructor(folder: string) {
    this.#path = join(folder, 'key-marks.json')
  }

  /** 0 when nothing is known. */
  of(kind: MarkKind, table: string): number {
    this.#marks ??= readMarks(this.#path)
    return this.#marks.get(`${kind} ${table}`) ?? 0
  }

  /** The mark to set before blocks up to `last` are handed out: above the one before, so that a backup of before is known by it. */
  static above(before: number, last: number, { size }: KeyBlockRule): number {
    return Math.max(before + 1, last + BLOCKS_AHEAD * size)
  }

  /** Sets a mark on the disk, before the transaction is committed that makes use of what lies below it. */
  async set(kind: MarkKind, table: string, mark: number): Promise<void> {
    this.#marks = new Map([...readMarks(this.#path), [`${kind} ${table}`, mark]])
    const written = `${this.#path}.new`
    const file = await open(written, 'w', 0o600)
    try {
      await file.writeFile(JSON.stringify(Object.fromEntries(this.#marks)))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(written, this.#path)
    await syncFolder(dirname(this.#path))
  }
}

/** Without it a power failure may bring the old name back, and the database is committed by then. Windows has no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (platform() === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** A file that is none of ours, or that a failing disk has damaged, says nothing. */
function readMarks(path: string): Map<string, number> {
  if (!existsSync(path)) return new Map()
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(readFileSync(path)))
    const entries = Object.entries(typeof json === 'object' && json !== null ? json : {})
    return new Map(entries.filter((entry): entry is [string, number] => isMark(entry[1])))
  } catch (error) {
    if (error instanceof SyntaxError) return new Map()
    throw error
  }
}

function isMark(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}
