import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const STATE_FILE = 'mailbox.json'
const LETTER_FILE = /^([1-9][0-9]{0,14})\.eml$/

/** What a folder knows about a letter without opening it. */
export interface FolderEntry {
  readonly uid: number
  readonly sizeOctets: number
  readonly isRead: boolean
}

interface FolderState {
  readonly nextUid: number
  readonly read: readonly number[]
}

/**
 * The letters of one mailbox as files, `<uid>.eml`, so that they survive the end of the process.
 *
 * The next unique id and the read marks lie beside them in `mailbox.json`: a unique id must not come back after
 * its letter was deleted (RFC 1939 §7, UIDL), and the files alone would not remember it.
 * Every operation is synchronous, so that a letter is on the disk before the server says `250`, and no two
 * operations can overlap. One process at a time may use a folder; that is not checked.
 */
export class LetterFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
    mkdirSync(path, { recursive: true })
  }

  /** What lies in the folder, by ascending unique id. */
  read(): { readonly nextUid: number; readonly entries: readonly FolderEntry[] } {
    const state = this.#readState()
    const read = new Set(state.read)
    const entries = readdirSync(this.#path)
      .map((name) => Number(LETTER_FILE.exec(name)?.[1] ?? 0))
      .filter((uid) => uid > 0)
      .sort((a, b) => a - b)
      .map((uid) => ({
        uid,
        sizeOctets: statSync(this.#letterPath(uid)).size,
        isRead: read.has(uid),
      }))
    // A letter whose state was not yet written when the process died still takes its id.
    return { nextUid: Math.max(state.nextUid, (entries.at(-1)?.uid ?? 0) + 1), entries }
  }

  readLetter(uid: number): Uint8Array {
    return readFileSync(this.#letterPath(uid))
  }

  writeLetter(uid: number, octets: Uint8Array): void {
    this.#writeWhole(this.#letterPath(uid), octets)
  }

  removeLetter(uid: number): void {
    rmSync(this.#letterPath(uid), { force: true })
  }

  writeState(nextUid: number, read: readonly number[]): void {
    const state: FolderState = { nextUid, read }
    this.#writeWhole(join(this.#path, STATE_FILE), `${JSON.stringify(state)}\n`)
  }

  #readState(): FolderState {
    let text: string
    try {
      text = readFileSync(join(this.#path, STATE_FILE), 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return { nextUid: 1, read: [] }
      }
      throw error
    }
    return parseState(text)
  }

  /** Under its name a file is either whole or not there. */
  #writeWhole(path: string, content: Uint8Array | string): void {
    writeFileSync(`${path}.part`, content)
    renameSync(`${path}.part`, path)
  }

  #letterPath(uid: number): string {
    return join(this.#path, `${uid}.eml`)
  }
}

function parseState(text: string): FolderState {
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null && 'nextUid' in value && 'read' in value) {
    const { nextUid, read } = value
    if (typeof nextUid === 'number' && Array.isArray(read)) {
      return { nextUid, read: read.filter((uid) => typeof uid === 'number') }
    }
  }
  throw new TypeError(`${STATE_FILE} is not the state of a mailbox: ${text.slice(0, 200)}`)
}
