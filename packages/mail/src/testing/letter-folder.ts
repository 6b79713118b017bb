import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  type Dirent,
} from 'node:fs'
import { dirname, join } from 'node:path'

const STATE_FILE = 'mailbox.json'
const LETTER_FILE = /^([1-9][0-9]{0,14})\.eml$/

/** What a folder knows about a letter without opening it. */
export interface FolderEntry {
  readonly uid: number
  readonly sizeOctets: number
  readonly flags: ReadonlySet<string>
  readonly internalDate: Date
}

/** What a mailbox remembers beside its letters. */
export interface FolderState {
  readonly uidValidity?: number
  readonly nextUid: number
  readonly highestModSeq: number
  /** Of the letters that have any, by unique id. */
  readonly flags: readonly (readonly [uid: number, flags: readonly string[]])[]
}

export interface FolderContent extends Omit<FolderState, 'flags'> {
  /** By ascending unique id. */
  readonly entries: readonly FolderEntry[]
}

const EMPTY: FolderState = { nextUid: 1, highestModSeq: 1, flags: [] }

/**
 * The letters of one mailbox as files, `<uid>.eml`, so that they survive the end of the process.
 *
 * The next unique id and the flags lie beside them in `mailbox.json`: a unique id must not come back after
 * its letter was deleted (RFC 1939 §7, UIDL), and the files alone would not remember it. When a letter came is the time of its file.
 * Every operation is synchronous, so that a letter is on the disk before the server says `250`, and no two
 * operations can overlap. One process at a time may use a folder; that is not checked.
 */
export class LetterFolder {
  #path: string

  /** The folder is made when something is written. */
  constructor(path: string) {
    this.#path = path
  }

  /** What lies in the folder. */
  read(): FolderContent {
    const { flags, ...state } = this.#readState()
    const flagsOf = new Map(flags)
    const entries = this.#list()
      .map(({ name }) => Number(LETTER_FILE.exec(name)?.[1] ?? 0))
      .filter((uid) => uid > 0)
      .sort((a, b) => a - b)
      .map((uid) => {
        const { size, mtime } = statSync(this.#letterPath(uid))
        return { uid, sizeOctets: size, flags: new Set(flagsOf.get(uid)), internalDate: mtime }
      })
    // A letter whose state was not yet written when the process died still takes its id.
    const nextUid = Math.max(state.nextUid, (entries.at(-1)?.uid ?? 0) + 1)
    return { ...state, nextUid, entries }
  }

  /** The folders in this one, by name: what other mailboxes are kept in. */
  names(): readonly string[] {
    return this.#list().flatMap((entry) =>
      entry.isDirectory() ? [decodeURIComponent(entry.name)] : [],
    )
  }

  /** A folder in this one. Its name may hold a slash, a name of the system may not. */
  inner(name: string): LetterFolder {
    return new LetterFolder(join(this.#path, folderName(name)))
  }

  make(): void {
    mkdirSync(this.#path, { recursive: true })
  }

  /** Gives the folder another name where it is. */
  rename(name: string): void {
    const path = join(dirname(this.#path), folderName(name))
    if (existsSync(this.#path)) renameSync(this.#path, path)
    this.#path = path
  }

  /** Removes the folder with everything in it. */
  delete(): void {
    rmSync(this.#path, { recursive: true, force: true })
  }

  readLetter(uid: number): Uint8Array {
    return readFileSync(this.#letterPath(uid))
  }

  writeLetter(uid: number, octets: Uint8Array, internalDate: Date): void {
    this.#writeWhole(this.#letterPath(uid), octets)
    utimesSync(this.#letterPath(uid), internalDate, internalDate)
  }

  removeLetter(uid: number): void {
    rmSync(this.#letterPath(uid), { force: true })
  }

  writeState(state: FolderState): void {
    this.#writeWhole(join(this.#path, STATE_FILE), `${JSON.stringify(state)}\n`)
  }

  #readState(): FolderState {
    let text: string
    try {
      text = readFileSync(join(this.#path, STATE_FILE), 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return EMPTY
      }
      throw error
    }
    return parseState(text)
  }

  /** Under its name a file is either whole or not there. */
  #writeWhole(path: string, content: Uint8Array | string): void {
    this.make()
    writeFileSync(`${path}.part`, content)
    renameSync(`${path}.part`, path)
  }

  #list(): readonly Dirent[] {
    return existsSync(this.#path) ? readdirSync(this.#path, { withFileTypes: true }) : []
  }

  #letterPath(uid: number): string {
    return join(this.#path, `${uid}.eml`)
  }
}

/** The `@` of an address stays readable. A lone dot would name another folder. */
export function folderName(name: string): string {
  return encodeURIComponent(name)
    .replaceAll('%40', '@')
    .replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length))
}

function parseState(text: string): FolderState {
  const value: unknown = JSON.parse(text)
  if (isState(value)) return value
  throw new TypeError(`${STATE_FILE} is not the state of a mailbox: ${text.slice(0, 200)}`)
}

function isState(value: unknown): value is FolderState {
  if (typeof value !== 'object' || value === null) return false
  const { nextUid, highestModSeq, flags }: Partial<Record<keyof FolderState, unknown>> = value
  return typeof nextUid === 'number' && typeof highestModSeq === 'number' && Array.isArray(flags)
}
