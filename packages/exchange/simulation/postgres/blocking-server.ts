import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

import type { Answer, Question, QueryResult, ServerAddress } from './questions.ts'

/**
 * A PostgreSQL server whose answers are waited for, with the whole thread: so a world with PostgreSQL takes its turns as one with SQLite does,
 * each time in the same order.
 */
export class BlockingServer {
  readonly #worker: Worker
  readonly #answered = new Int32Array(new SharedArrayBuffer(4))
  readonly #port: MessagePort
  #count = 0
  #asked = 0

  constructor(address: ServerAddress) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(new URL('./server-thread.ts', import.meta.url), {
      workerData: { address, answered: this.#answered, port: port2 },
      transferList: [port2],
    })
    this.#worker.unref()
  }

  /** Gives the number of the connection. */
  connect(database: string, user?: string): number {
    this.#count += 1
    this.#ask({ kind: 'connect', connection: this.#count, database, user })
    return this.#count
  }

  /** One result for each statement. Throws what the server says. */
  query(connection: number, text: string, values?: unknown[]): readonly QueryResult[] {
    return this.#ask({ kind: 'query', connection, text, ...(values && { values }) })
  }

  end(connection: number): void {
    this.#ask({ kind: 'end', connection })
  }

  cut(connection: number): void {
    this.#ask({ kind: 'cut', connection })
  }

  #ask(question: Question): readonly QueryResult[] {
    this.#asked += 1
    this.#port.postMessage({ ...question, number: this.#asked })
    const { results, error } = this.#await(this.#asked)
    if (error !== undefined) throw Object.assign(new Error(error.message), error)
    return results
  }

  #await(number: number): Answer {
    for (;;) {
      const before = Atomics.load(this.#answered, 0)
      const received = receiveMessageOnPort(this.#port)
      const answer: unknown = received?.message
      if (isAnswerTo(answer, number)) return answer
      if (received !== undefined) continue
      const waited = Atomics.wait(this.#answered, 0, before, MAX_WAIT_MS)
      if (waited === 'timed-out') throw new Error('the thread with the connections is gone')
    }
  }
}

function isAnswerTo(message: unknown, number: number): message is Answer {
  return (
    typeof message === 'object' && message !== null && Reflect.get(message, 'number') === number
  )
}

/** Longer than a server takes for anything. */
const MAX_WAIT_MS = 60_000
