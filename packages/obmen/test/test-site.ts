import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { main } from '../src/main.ts'
import type { Io } from '../src/output/io.ts'

/** What one command line gave. */
export interface Outcome {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

/** Tables whose names and keys are as awkward as applications make them. */
const AWKWARD_TABLES = `
  CREATE TABLE "Order Details" ("Order ID" INTEGER, "a""b" TEXT, note, PRIMARY KEY ("Order ID", "a""b"));
  INSERT INTO "Order Details" VALUES (1, 'x', NULL), (1, 'y', 'two'), (9007199254740993, 'z', 0.5);
  CREATE TABLE "сорта, [№]" (код TEXT PRIMARY KEY NOT NULL, имя TEXT);
  INSERT INTO "сорта, [№]" VALUES ('007', 'чай');
  CREATE TABLE "no" ("select" INTEGER PRIMARY KEY);
`

export const SEND_URL = 'smtps://exchange%40example.org@mail.example.org'
export const RECEIVE_URL = 'pop3s://exchange%40example.org@mail.example.org'

export const INIT = [
  'init',
  '--plan',
  'УдаленныеСклады',
  '--node',
  'ЦБ',
  '--database',
  'trade.db',
  '--address',
  'exchange@example.org',
  '--send',
  SEND_URL,
  '--receive',
  RECEIVE_URL,
]

/** A folder with a database, in which command lines are run in this process. Removed by `using`. */
export class TestSite implements Disposable {
  readonly folder: string
  readonly env: Record<string, string> = { LANG: 'en_GB.UTF-8' }
  interruption = new AbortController()
  isTerminal = false
  /** What commands find on standard input. */
  input = ''

  constructor(tables: string = AWKWARD_TABLES) {
    this.folder = mkdtempSync(join(tmpdir(), 'obmen-test-'))
    using database = new DatabaseSync(this.pathOf('trade.db'))
    database.exec(tables)
  }

  async run(...argv: readonly string[]): Promise<Outcome> {
    const out: string[] = []
    const err: string[] = []
    const io: Io = {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      input: () => Promise.resolve(this.input),
      isTerminal: this.isTerminal,
      columns: 80,
      cwd: this.folder,
      env: this.env,
      systemLocale: 'en-GB',
      now: () => Date.UTC(2026, 8, 1, 12),
      interruption: () => this.interruption.signal,
    }
    const exitCode = await main(argv, io)
    return { exitCode, out: out.join(''), err: err.join('') }
  }

  /** Runs a command with `--json` and gives what it printed. */
  async ask(...argv: readonly string[]): Promise<unknown> {
    const { out } = await this.run(...argv, '--json')
    return JSON.parse(out)
  }

  pathOf(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.pathOf(name), content)
  }

  read(name: string): string {
    return readFileSync(this.pathOf(name), 'utf8')
  }

  /** Runs SQL as the application would. */
  exec(sql: string): void {
    using database = new DatabaseSync(this.pathOf('trade.db'))
    database.exec(sql)
  }

  /** The first column of every row. */
  column(sql: string): unknown[] {
    using database = new DatabaseSync(this.pathOf('trade.db'))
    return database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)[0])
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
