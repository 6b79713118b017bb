/**
 * Counts what keeps a process alive or in memory: whoever opens a connection in a test has to be rid of it when the test is over, with all its timers and
 * listeners. A server that runs for a year leaks whatever a test leaks, a thousand times.
 */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, type TestContext } from 'node:test'

/** Sockets, servers, timers, and what is under way to become a socket; not the files and pipes of the test runner. */
const COUNTED = /Timeout|TCP|TLS|UDP|Connect|GetAddrInfo|Process/

/** The other end of a socket learns of the end in its own turn. More turns than any of it takes: one that is left, is left. */
const TURNS_MAX = 2_000

let isTaken = false

/** What there is, by name. */
type Counts = ReadonlyMap<string, number>

/** Counts, and says later what has been added since. */
export class Census {
  readonly #before: Counts = count()
  readonly #listeners = new Map<AbortSignal, unknown[]>()
  readonly #stopWatching: () => void

  /** From now on it is also noticed who listens to an abort signal. */
  constructor() {
    this.#stopWatching = watchSignals((signal, listener) => {
      this.#listeners.set(signal, [...(this.#listeners.get(signal) ?? []), listener])
    })
  }

  /** What is left of what was not there before, once everything that is ending has ended. */
  async leftovers(): Promise<readonly string[]> {
    for (let turn = 0; turn < TURNS_MAX && this.#surplus().length > 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#stopWatching()
    return this.#surplus()
  }

  #surplus(): readonly string[] {
    const surplus: string[] = []
    for (const [name, number] of count()) {
      const more = number - (this.#before.get(name) ?? 0)
      for (let left = 0; left < more; left++) surplus.push(name)
    }
    for (const [signal, added] of this.#listeners) {
      const left = getEventListeners(signal, 'abort').filter((listener) => added.includes(listener))
      surplus.push(...left.map(() => 'listener of an AbortSignal'))
    }
    return surplus
  }
}

function count(): Counts {
  const counts = new Map<string, number>()
  const add = (name: string, number: number): void =>
    void counts.set(name, (counts.get(name) ?? 0) + number)
  for (const name of process.getActiveResourcesInfo()) if (COUNTED.test(name)) add(name, 1)
  for (const name of process.eventNames()) {
    add(`listener of process for ${String(name)}`, process.listenerCount(name))
  }
  return counts
}

/** There is no list of all signals, so whoever begins to listen is noted; but not Node itself, which marks its listeners with a symbol. */
function watchSignals(note: (signal: AbortSignal, listener: unknown) => void): () => void {
  const { addEventListener } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (this: EventTarget, ...listener): void {
    const [, listen, options] = listener
    const isMarked = Object.getOwnPropertySymbols(options ?? {}).length > 0
    if (this instanceof AbortSignal && !isMarked) note(this, listen)
    addEventListener.apply(this, listener)
  }
  return () => {
    EventTarget.prototype.addEventListener = addEventListener
  }
}

/**
 * Has every test of the file fail that leaves something behind: call it once, before all else. What is there when the file begins may stay, as a server for
 * all its tests. Of tests that run beside one another the last one answers for all. Files that share a process share the census.
 */
export function takeCensus(): void {
  if (isTaken) return
  isTaken = true
  let census: Census | undefined
  let runningCount = 0
  beforeEach(() => {
    if (runningCount++ === 0) census = new Census()
  })
  afterEach((context) => {
    // What the test has put off to its end comes before.
    testOf(context).after(async () => {
      if (--runningCount > 0) return
      const left = (await census?.leftovers()) ?? []
      assert.deepEqual(left, [], 'something is left after the test')
    })
  })
}

function testOf(context: unknown): Pick<TestContext, 'after'> {
  assert.ok(typeof context === 'object' && context !== null && 'after' in context)
  return context as Pick<TestContext, 'after'>
}
