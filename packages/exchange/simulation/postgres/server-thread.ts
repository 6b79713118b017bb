/**
 * Asks a PostgreSQL server on behalf of another thread, which waits for each answer: see blocking-server.ts. What is asked is
 * answered in its order.
 */
import { type MessagePort, workerData } from 'node:worker_threads'

import pg from 'pg'

import type { Answer, Numbered, Question, ServerAddress } from './questions.ts'

interface ThreadData {
  readonly address: ServerAddress
  /** Counts the answers. */
  readonly answered: Int32Array
  readonly port: MessagePort
}

/** Whoever waits for a lock waits for ever: the other side of it is the same thread. */
const OPTIONS = '-c lock_timeout=10s -c simulation.now_ms=0'

/** Every value stays the text that it is. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

class ServerThread {
  readonly #address: ServerAddress
  readonly #connections = new Map<number, pg.Client>()

  constructor(address: ServerAddress) {
    this.#address = address
  }

  async answer(question: Question): Promise<Answer> {
    try {
      return { results: await this.#ask(question) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { results: [], error: { message, ...Object.assign({}, error) } }
    }
  }

  async #ask(question: Question): Promise<Answer['results']> {
    const client = this.#connections.get(question.connection)
    switch (question.kind) {
      case 'connect':
        await this.#connect(question)
        return []
      case 'query': {
        const { text, values } = question
        const query = { text, rowMode: 'array' as const, types: AS_TEXT }
        const result = await client?.query(values === undefined ? query : { ...query, values })
        const results = [result ?? []].flat()
        return results.map(({ rows, rowCount }) => ({ rows: rows.filter(isRow), rowCount }))
      }
      case 'end':
        this.#connections.delete(question.connection)
        await client?.end()
        return []
      case 'cut':
        this.#connections.delete(question.connection)
        client?.connection.stream.destroy()
        return []
    }
  }

  async #connect({ connection, database, user }: Question & { readonly kind: 'connect' }) {
    const address = user === undefined ? this.#address : { ...this.#address, user }
    const client = new pg.Client({ ...address, database, options: OPTIONS })
    // A connection that was cut ends so.
    client.on('error', () => undefined)
    this.#connections.set(connection, client)
    await client.connect()
  }
}

function isRow(row: unknown): row is (string | null)[] {
  return Array.isArray(row)
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'port' in data
}

const data: unknown = workerData
if (isThreadData(data)) {
  const { address, answered, port } = data
  const thread = new ServerThread(address)
  port.on('message', ({ number, ...question }: Numbered<Question>) => {
    void thread.answer(question).then((answer) => {
      port.postMessage({ ...answer, number })
      Atomics.add(answered, 0, 1)
      Atomics.notify(answered, 0)
    })
  })
}
