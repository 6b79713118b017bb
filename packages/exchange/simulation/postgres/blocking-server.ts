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

  constructor(address: ServerAddress) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(new URL('server-thread.ts', import.meta.url), {
      workerData: { address, answered: this.#answered, port: port2 },
      transferList: [port2],
    })
    this.#worker.unref()
  }

  /** Gives the number of the connection. */
  connect(database: string): number {
    this.#count += 1
    this.#ask({ kind: 'connect', connection: this.#count, database })
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
    const before = Atomics.load(this.#answered, 0)
    this.#port.postMessage(question)
    Atomics.wait(this.#answered, 0, before)
    const { results, error } = receiveAnswer(this.#port)
    if (error !== undefined) throw Object.assign(new Error(error.message), error)
    return results
  }
}

function receiveAnswer(port: MessagePort): Answer {
  const { message }: { readonly message: Answer } = receiveMessageOnPort(port) ?? { message: NONE }
  return message
}

const NONE: Answer = { results: [], error: { message: 'the thread with the connections is gone' } }
