import { Aborted, DeadlineExceeded } from './errors.ts'
import { startTimer } from './timer.ts'

/** How long something of the caller's is waited for. */
export interface Patience {
  /** Ends the waiting, with `Aborted`. */
  readonly signal?: AbortSignal | undefined
  /** For one piece of the content. */
  readonly timeoutMs?: number
}

/**
 * Octets whose pieces come in time, or not at all: a source that hangs is left alone, and closed when it comes back.
 *
 * @throws DeadlineExceeded, Aborted, and what the source throws.
 */
export async function* patientOctets(
  octets: AsyncIterable<Uint8Array>,
  patience: Patience,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = octets[Symbol.asyncIterator]()
  try {
    for (;;) {
      const step = await inTime(iterator.next(), patience)
      if (step.done === true) return
      yield step.value
    }
  } finally {
    const ignore = (): void => undefined
    // Not awaited: a generator answers only when the piece is there that it is asked for.
    iterator.return?.().then(ignore, ignore)
  }
}

/** @throws DeadlineExceeded when it is a piece that takes too long; Aborted, and what the work throws. */
export async function inTime<T>(work: Promise<T>, { signal, timeoutMs }: Patience): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = (): void => reject(new Aborted(signal?.reason))
  work.then(resolve, reject)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted === true) abort()
  const timer =
    timeoutMs === undefined
      ? undefined
      : startTimer(timeoutMs, () => reject(new DeadlineExceeded('source', timeoutMs)))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
