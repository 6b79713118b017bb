import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import type { ChangeStore, ExchangePlan, PlanRules } from '@obmen/exchange'
import {
  ForeignLetters,
  openSqliteStore,
  type PlanContent,
  type Preparation,
  prepareSqlite,
  readPlan,
  readUnpreparedTables,
  type SqliteDatabase,
} from '@obmen/exchange/sqlite'

import { knowError } from '../errors/known-error.ts'
import { DatabaseNotFound, DatabaseUnusable } from '../errors/site-error.ts'
import { takeExchangeLock } from './exchange-lock.ts'
import type { HeldLock, SiteDatabase } from './site-database.ts'
import { withoutCommit } from './without-commit.ts'

/** Applications write for moments; one that holds a database longer than this is busy with something large. */
const BUSY_TIMEOUT_MS = 10_000

/** A SQLite file. */
export class SqliteSiteDatabase implements SiteDatabase {
  readonly foreignLetters: ForeignLetters
  readonly #path: string
  readonly #file: DatabaseSync
  /** Where a trial leaves nothing. */
  readonly #database: SqliteDatabase

  /**
   * Triggers of the application may hold "texts" in double quotes, as SQLite takes them by default, so they are allowed here too.
   * Throws {@link DatabaseNotFound}: a new file would only hide a wrong path. Throws {@link DatabaseUnusable} for a file of another kind.
   */
  constructor(path: string, { isTrial }: { readonly isTrial: boolean }) {
    if (!existsSync(path)) throw new DatabaseNotFound(path)
    this.#path = path
    this.#file = openFile(path)
    this.#database = isTrial ? withoutCommit(this.#file) : this.#file
    this.foreignLetters = new ForeignLetters(this.#file)
  }

  isPrepared(): Promise<boolean> {
    return inPromise(() => readPlan(this.#file) !== undefined)
  }

  prepare(plan: ExchangePlan, content: PlanContent): Promise<Preparation> {
    return inPromise(() => prepareSqlite(this.#database, plan, content))
  }

  openStore(plan: ExchangePlan, rules: PlanRules): Promise<ChangeStore> {
    return inPromise(() => openSqliteStore(this.#database, plan, rules))
  }

  unpreparedTables(content: PlanContent): Promise<readonly string[]> {
    return inPromise(() => readUnpreparedTables(this.#file, content))
  }

  takeExchangeLock(): Promise<HeldLock> {
    return inPromise(() => {
      const lock = takeExchangeLock(this.#path)
      return {
        lost: new AbortController().signal,
        [Symbol.asyncDispose]: () => Promise.resolve(lock[Symbol.dispose]()),
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return inPromise(() => this.#file.close())
  }
}

/** SQLite opens nearly any file, and finds out at the first look. Its errors do not say which file: what is told here does. */
function openFile(path: string): DatabaseSync {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: false,
      enableDoubleQuotedStringLiterals: true,
    })
    file.exec('SELECT count(*) FROM sqlite_schema')
    return file
  } catch (error) {
    file?.close()
    const known = knowError(error)
    if (!(known instanceof DatabaseUnusable)) throw error
    throw new DatabaseUnusable(`${path}: ${known.words}`, known.problem, { cause: error })
  }
}

/** What is thrown is a rejection. */
function inPromise<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work())
  })
}
