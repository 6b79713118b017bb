import type { Demand, Dialog } from '../wire/dialog.ts'
import type { Connection } from './connection.ts'
import { Aborted } from './errors.ts'

const LF = 0x0a

export interface DriveOptions {
  /** Closes the connection and ends the dialog with `Aborted`. */
  readonly signal?: AbortSignal
}

/**
 * Runs a dialog over a connection: fulfils its demands one after the other, and throws into it what goes wrong. The dialog decides what
 * that means; what it does not catch is what this rejects with.
 */
export async function drive<Result>(
  dialog: Dialog<Result>,
  connection: Connection,
  options: DriveOptions = {},
): Promise<Result> {
  const { signal } = options
  const abort = (): void => connection.close(new Aborted(signal?.reason))
  signal?.addEventListener('abort', abort)
  const pump = new Pump(connection)
  try {
    if (signal?.aborted === true) abort()
    let step = dialog.next()
    while (step.done !== true) {
      const outcome = await pump.fulfil(step.value).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ error }),
      )
      step = 'error' in outcome ? dialog.throw(outcome.error) : dialog.next(outcome.answer)
    }
    return step.value
  } finally {
    signal?.removeEventListener('abort', abort)
    pump.end()
  }
}

type Answer = Uint8Array | null | undefined

/** Fulfils the demands of one dialog. */
class Pump {
  readonly #connection: Connection
  /** When the line that is being received was first waited for; `undefined` at the beginning of one. */
  #receivingSince: number | undefined
  /** Rejects the pull or push under way. The source or sink may never settle by itself. */
  #interrupt: ((reason: unknown) => void) | undefined
  readonly #onClosed = (): void => this.#interrupt?.(this.#connection.closed.reason)

  constructor(connection: Connection) {
    this.#connection = connection
    connection.closed.addEventListener('abort', this.#onClosed)
  }

  end(): void {
    this.#connection.closed.removeEventListener('abort', this.#onClosed)
  }

  async fulfil(demand: Demand): Promise<Answer> {
    if (demand.kind === 'receive') return this.#receive(demand.timeoutMs)
    this.#receivingSince = undefined
    switch (demand.kind) {
      case 'send':
        this.#connection.log?.sent(demand.octets, demand.logAs)
        await this.#connection.send(demand.octets, demand.timeoutMs)
        return undefined
      case 'startTls':
        await this.#connection.startTls(demand.timeoutMs)
        return undefined
      case 'pull': {
        const piece = await this.#untilClosed(demand.source.next())
        if (piece.done === true) return null
        if (piece.value instanceof Uint8Array) return piece.value
        throw new TypeError('content comes in Uint8Arrays; a stream with an encoding gives strings')
      }
      case 'push':
        await this.#untilClosed(Promise.resolve(demand.sink(demand.octets)))
        return undefined
    }
  }

  /**
   * Receives that follow one another without a line end are one wait for one line, and their time is counted together. Every line has
   * its own time: a hundred pipelined RCPT commands may take a hundred times five minutes.
   */
  async #receive(timeoutMs: number): Promise<Answer> {
    const now = performance.now()
    this.#receivingSince ??= now
    const octets = await this.#connection.receive(timeoutMs, now - this.#receivingSince)
    if (octets === null) return null
    if (octets.includes(LF)) this.#receivingSince = undefined
    this.#connection.log?.received(octets)
    return octets
  }

  async #untilClosed<T>(work: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#interrupt = reject
    work.then(resolve, reject)
    if (this.#connection.closed.aborted) this.#onClosed()
    try {
      return await promise
    } finally {
      this.#interrupt = undefined
    }
  }
}
