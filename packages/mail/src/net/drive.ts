import type { Demand, Dialog, OctetSource } from '../wire/dialog.ts'
import type { Connection } from './connection.ts'
import { Aborted, DeadlineExceeded } from './errors.ts'
import { searchable } from './searchable.ts'
import { startTimer } from './timer.ts'

const LF = 0x0a

/** How long octets may take to be handed over until that is long: a dialog that sends no more at once than leaves in a second has somebody see it go on. */
const LONG_MS = 250

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
      let answer: Answer
      try {
        const fulfilled = pump.fulfil(step.value)
        // Waiting for what is there already would cost more than many demands do, and so would a promise more for what is done with it here.
        const octets = fulfilled instanceof Promise ? await fulfilled : fulfilled
        answer = pump.answer(step.value, octets)
      } catch (error) {
        step = dialog.throw(error)
        continue
      }
      step = dialog.next(answer)
    }
    return step.value
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

type Answer = Uint8Array | null | undefined
type Pulled = Promise<IteratorResult<Uint8Array>>
type PullDemand = Demand & { readonly kind: 'pull' }

/** Fulfils the demands of one dialog. */
class Pump {
  readonly #connection: Connection
  /** When the line or answer that is being received was first waited for; `undefined` at the beginning of one. */
  #receivingSince: number | undefined
  #answer: object | undefined
  /** When the peer was first listened to. */
  #listeningSince: number | undefined
  /** What a source was asked for when patience with it was over. */
  #pulled: { readonly source: OctetSource; readonly piece: Pulled } | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** What comes to a demand; {@link answer} makes the answer of it. */
  fulfil(demand: Demand): Promise<Answer> | Answer {
    if (demand.kind === 'receive') return this.#receive(demand)
    this.#receivingSince = undefined
    switch (demand.kind) {
      case 'send':
        return this.#send(demand)
      case 'startTls':
        return this.#connection.startTls(demand.timeoutMs).then(nothing)
      case 'poll':
        return this.#connection.poll(demand)
      case 'listen':
        return this.#listen(demand)
      case 'pull':
        return this.#pull(demand)
      case 'push':
        return this.#push(demand)
    }
  }

  /** What the dialog goes on with. */
  answer(demand: Demand, octets: Answer): Answer {
    switch (demand.kind) {
      case 'receive':
        if (octets && demand.answer === undefined && octets.includes(LF)) {
          this.#receivingSince = undefined
        }
        break
      case 'poll':
        // Nothing was received, and perhaps nothing can be any more.
        if (octets === undefined && this.#connection.ended.aborted) return null
        break
      case 'listen':
        break
      default:
        return octets
    }
    if (octets) this.#connection.log?.received(octets)
    return octets
  }

  /** Gives `null` when it took long. */
  #send(demand: Demand & { readonly kind: 'send' }): Promise<null | undefined> | undefined {
    this.#connection.log?.sent(demand.octets, demand)
    const room = this.#connection.send(demand.octets, demand.timeoutMs, demand)
    if (room === undefined) return undefined
    const since = performance.now()
    return room.then(() => (performance.now() - since > LONG_MS ? null : undefined))
  }

  async #listen({ forMs, interrupt }: Demand & { readonly kind: 'listen' }): Promise<Answer> {
    const now = performance.now()
    this.#listeningSince ??= now
    const leftMs = forMs - (now - this.#listeningSince)
    if (leftMs <= 0) return undefined
    await this.#connection.arrival(leftMs, interrupt)
    return this.#connection.poll()
  }

  /** Not ended by the peer: what it had sent before may be all of it. */
  async #push({ octets, sink, timeoutMs }: Demand & { readonly kind: 'push' }): Promise<undefined> {
    const { closed: endedBy } = this.#connection
    const taken = Promise.resolve(sink(octets))
    await this.#unlessEnded(taken, { endedBy, phase: 'sink', timeoutMs })
    return undefined
  }

  async #pull({ source, timeoutMs, patienceMs }: PullDemand): Promise<Answer> {
    const { ended: endedBy } = this.#connection
    const pulled = this.#pulled?.source === source ? this.#pulled.piece : source.next()
    this.#pulled = undefined
    const isHere = patienceMs !== undefined && (await settlesWithin(pulled, patienceMs))
    if (patienceMs !== undefined && !isHere) {
      this.#pulled = { source, piece: pulled }
      return undefined
    }
    const piece = isHere
      ? await pulled
      : await this.#unlessEnded(pulled, { endedBy, phase: 'source', timeoutMs })
    if (piece.done === true) return null
    const octets: unknown = piece.value
    if (octets instanceof Uint8Array) return searchable(octets)
    throw new TypeError('content comes in Uint8Arrays; a stream with an encoding gives strings')
  }

  /**
   * Receives that follow one another without a line end, or for the same answer, are one wait, and their time is counted together. Otherwise
   * every line has its own time: a hundred pipelined RCPT commands may take a hundred times five minutes.
   */
  #receive({ timeoutMs, answer }: Demand & { readonly kind: 'receive' }): Promise<Answer> | Answer {
    const now = performance.now()
    if (answer !== this.#answer) this.#receivingSince = undefined
    this.#answer = answer
    this.#receivingSince ??= now
    return this.#connection.receive(timeoutMs, now - this.#receivingSince)
  }

  /** A source or sink may never settle by itself. */
  async #unlessEnded<T>(work: Promise<T>, patience: Patience): Promise<T> {
    const { endedBy, phase, timeoutMs } = patience
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const interrupt = (): void => reject(endedBy.reason)
    work.then(resolve, reject)
    endedBy.addEventListener('abort', interrupt)
    if (endedBy.aborted) interrupt()
    const giveUp = (ms: number): void => this.#connection.close(new DeadlineExceeded(phase, ms))
    const timer =
      timeoutMs === undefined ? undefined : startTimer(timeoutMs, () => giveUp(timeoutMs))
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      endedBy.removeEventListener('abort', interrupt)
    }
  }
}

function nothing(): undefined {
  return undefined
}

/** How long a source or a sink is waited for. */
interface Patience {
  readonly endedBy: AbortSignal
  readonly phase: 'source' | 'sink'
  readonly timeoutMs: number | undefined
}

/** Whether it settles so soon, in one way or the other. */
async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = startTimer(ms, () => resolve(false))
  const settle = (): void => resolve(true)
  work.then(settle, settle)
  const isSettled = await promise
  clearTimeout(timer)
  return isSettled
}
