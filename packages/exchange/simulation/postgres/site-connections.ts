import type { PostgresClient, PostgresPool, PostgresResult } from '@obmen/exchange/postgres'

import { SimulatedFailure } from '../site/gate.ts'
import type { ConnectionLoss } from '../world/step.ts'
import type { BlockingServer } from './blocking-server.ts'
import type { QueryResult } from './questions.ts'
import { connectAs, type Role } from './run-server.ts'

/** A connection of a site, whose session has the site's clock. */
interface Link {
  readonly connection: number
  nowMs: number
}

export interface ConnectionOptions {
  readonly database: string
  readonly role: Role
  /** The clock of the site. */
  readonly nowMs: () => number
}

/** The connections of one site to its database: the exchange, the programs and who looks at the tables use them in turn. */
export class SiteConnections {
  readonly database: string
  readonly role: Role
  /** How often a COMMIT was done, and its answer lost. */
  unheardCommits = 0
  readonly #server: BlockingServer
  readonly #nowMs: () => number
  #loss: ConnectionLoss | undefined
  #queries = 0
  #commits = 0
  readonly #links = new Set<Link>()
  readonly #idle: Link[] = []
  /** The one in whose transaction a program is. */
  #held: Link | undefined
  #life = 0

  constructor(server: BlockingServer, options: ConnectionOptions) {
    this.#server = server
    this.database = options.database
    this.role = options.role
    this.#nowMs = options.nowMs
  }

  /** Runs statements where a program is in a transaction, or else by themselves. One result for each. */
  query(text: string): readonly QueryResult[] {
    const link = this.#held ?? this.#take()
    try {
      return this.#server.query(link.connection, text)
    } finally {
      if (link !== this.#held) this.#idle.push(link)
    }
  }

  /** A program begins a transaction. */
  hold(): void {
    this.#held = this.#take()
  }

  letGo(): void {
    if (this.#held !== undefined) this.#idle.push(this.#held)
    this.#held = undefined
  }

  /** Queries of the exchange are counted anew. */
  expectLoss(loss: ConnectionLoss | undefined): void {
    this.#loss = loss
    this.#queries = 0
    this.#commits = 0
  }

  /** What an exchange works with, until {@link cut}. */
  pool(): PostgresPool {
    const life = this.#life
    return {
      connect: () => (life === this.#life ? Promise.resolve(this.#client(life)) : never()),
    }
  }

  /** The process is gone. What was not committed is rolled back by the server. */
  cut(): void {
    this.#life += 1
    this.#close((link) => this.#server.cut(link.connection))
  }

  /** Nobody is connected any more. */
  end(): void {
    this.#close((link) => this.#server.end(link.connection))
  }

  #close(how: (link: Link) => void): void {
    for (const link of this.#links) how(link)
    this.#links.clear()
    this.#idle.length = 0
    this.#held = undefined
  }

  #take(): Link {
    const link = this.#idle.pop() ?? this.#connect()
    const nowMs = this.#nowMs()
    if (link.nowMs === nowMs) return link
    this.#server.query(link.connection, `SET simulation.now_ms = ${nowMs}`)
    link.nowMs = nowMs
    return link
  }

  #connect(): Link {
    const link = { connection: connectAs(this.role, this.database), nowMs: 0 }
    this.#links.add(link)
    return link
  }

  #client(life: number): PostgresClient {
    const link = this.#take()
    return {
      query: async ({ text, values }) =>
        life === this.#life ? this.#ask(link, text, values) : never<PostgresResult>(),
      release: (error) => {
        if (!this.#links.has(link)) return
        if (error === undefined || error === false) this.#idle.push(link)
        else this.#drop(link)
      },
    }
  }

  #ask(link: Link, text: string, values?: unknown[]): PostgresResult {
    const loses = this.#losesAt(text)
    if (loses === 'query') this.#drop(link)
    // What was lost stays so.
    if (!this.#links.has(link)) throw new SimulatedFailure('Connection terminated unexpectedly')
    if (loses === 'room') throw this.#refuse(link)
    const results = this.#server.query(link.connection, text, values)
    if (loses === 'answer' || loses === 'answer to COMMIT') {
      if (text === 'COMMIT') this.unheardCommits += 1
      this.#drop(link)
      throw new SimulatedFailure('Connection terminated unexpectedly')
    }
    return results.at(-1) ?? { rows: [], rowCount: null }
  }

  #losesAt(text: string): ConnectionLoss['loses'] | undefined {
    this.#queries += 1
    if (text === 'COMMIT') this.#commits += 1
    if (this.#loss === undefined) return undefined
    const { query, loses } = this.#loss
    const isOfCommit = loses === 'answer to COMMIT'
    if (isOfCommit && text !== 'COMMIT') return undefined
    return query === (isOfCommit ? this.#commits : this.#queries) ? loses : undefined
  }

  /** As the server says that its disk is full. What else is asked in the transaction is refused by PostgreSQL itself. */
  #refuse(link: Link): SimulatedFailure {
    try {
      this.#server.query(link.connection, NO_ROOM)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes(NO_ROOM_WORDS)) throw error
    }
    return new NoRoom(NO_ROOM_WORDS)
  }

  #drop(link: Link): void {
    this.#links.delete(link)
    this.#server.cut(link.connection)
  }
}

const NO_ROOM_WORDS = 'could not extend file: No space left on device'

const NO_ROOM = `DO $$ BEGIN RAISE EXCEPTION '${NO_ROOM_WORDS}' USING ERRCODE = '53100'; END $$`

class NoRoom extends SimulatedFailure {
  override readonly code = '53100'
}

/** What a process that has died answers. */
function never<Result>(): Promise<Result> {
  return new Promise(() => undefined)
}
