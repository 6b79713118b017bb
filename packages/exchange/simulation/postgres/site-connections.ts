import type { PostgresClient, PostgresPool, PostgresResult } from '@obmen/exchange/postgres'

import type { BlockingServer } from './blocking-server.ts'
import type { QueryResult } from './questions.ts'

/** A connection of a site, whose session has the site's clock. */
interface Link {
  readonly connection: number
  nowMs: number
}

/** The connections of one site to its database: the exchange, the programs and who looks at the tables use them in turn. */
export class SiteConnections {
  readonly database: string
  readonly #server: BlockingServer
  readonly #nowMs: () => number
  readonly #links = new Set<Link>()
  readonly #idle: Link[] = []
  /** The one in whose transaction a program is. */
  #held: Link | undefined
  #life = 0

  constructor(server: BlockingServer, database: string, nowMs: () => number) {
    this.#server = server
    this.database = database
    this.#nowMs = nowMs
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
    const link = { connection: this.#server.connect(this.database), nowMs: 0 }
    this.#links.add(link)
    return link
  }

  #client(life: number): PostgresClient {
    const link = this.#take()
    return {
      query: ({ text, values }) =>
        life === this.#life ? this.#ask(link, text, values) : never<PostgresResult>(),
      release: (error) => {
        if (!this.#links.has(link)) return
        if (error === undefined || error === false) this.#idle.push(link)
        else this.#drop(link)
      },
    }
  }

  async #ask(link: Link, text: string, values?: unknown[]): Promise<PostgresResult> {
    const results = await this.#server.query(link.connection, text, values)
    return results.at(-1) ?? { rows: [], rowCount: null }
  }

  #drop(link: Link): void {
    this.#links.delete(link)
    this.#server.cut(link.connection)
  }
}

/** What a process that has died answers. */
function never<Result>(): Promise<Result> {
  return new Promise(() => undefined)
}
