/**
 * Asks a PostgreSQL server on behalf of another thread, which waits for each answer: see blocking-server.ts. What is asked is
 * answered in its order.
 */
import { type MessagePort, workerData } from 'node:worker_threads'

import pg from 'pg'

import type { Answer, Question, ServerAddress } from './questions.ts'

interface ThreadData {
  readonly address: ServerAddress
  /** Counts the answers. */
  readonly answered: Int32Array
  readonly port: MessagePort
}

const { address, answered, port }: ThreadData = workerData
const connections = new Map<number, pg.Client>()

/** Whoever waits for a lock waits for ever: the other side of it is the same thread. */
const OPTIONS = '-c lock_timeout=10s -c simulation.now_ms=0'

/** Every value stays the text that it is. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

async function answer(question: Question): Promise<Answer> {
  const client = connections.get(question.connection)
  switch (question.kind) {
    case 'connect': {
      const { database, user = address.user } = question
      const made = new pg.Client({ ...address, user, database, options: OPTIONS })
      // A connection that was cut ends so.
      made.on('error', () => undefined)
      connections.set(question.connection, made)
      await made.connect()
      return { results: [] }
    }
    case 'query': {
      const { text, values } = question
      const query = { text, rowMode: 'array' as const, types: AS_TEXT }
      const result = await client?.query(values === undefined ? query : { ...query, values })
      const results = [result ?? []].flat()
      return { results: results.map(({ rows, rowCount }) => ({ rows, rowCount })) }
    }
    case 'end':
      connections.delete(question.connection)
      await client?.end()
      return { results: [] }
    case 'cut':
      connections.delete(question.connection)
      client?.connection.stream.destroy()
      return { results: [] }
  }
}

port.on('message', ({ number, ...question }: Question & { readonly number: number }) => {
  answer(question)
    .catch((error: unknown): Answer => {
      const message = error instanceof Error ? error.message : String(error)
      return { results: [], error: { message, ...Object.assign({}, error) } }
    })
    .then((reply) => {
      port.postMessage({ ...reply, number })
      Atomics.add(answered, 0, 1)
      Atomics.notify(answered, 0)
    }, undefined)
})
