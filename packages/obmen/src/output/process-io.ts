import { text } from 'node:stream/consumers'

import { Interrupted } from '../errors/site-error.ts'
import type { Io } from './io.ts'

/** Terminals of old are so wide, and output that goes nowhere in particular is read on one. */
const DEFAULT_COLUMNS = 80

/** The world outside of this process. `onLostOutput` hears of it when results can't be written. */
export function processIo(onLostOutput: (error: Error) => void): Io {
  // A reader that has seen enough (`obmen status | head`) closes the pipe: nothing to complain about.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') onLostOutput(error)
  })
  // Where nobody hears what goes on (`obmen exchange 2>&1 | head`, a full disk under a log), it goes on.
  process.stderr.on('error', () => undefined)
  let interruption: AbortSignal | undefined
  return {
    out: (words) => void process.stdout.write(words),
    err: (words) => void process.stderr.write(words),
    input: () => text(process.stdin),
    isTerminal: process.stderr.isTTY,
    columns: process.stderr.columns ?? DEFAULT_COLUMNS,
    cwd: process.cwd(),
    env: process.env,
    systemLocale: Intl.DateTimeFormat().resolvedOptions().locale,
    now: () => Date.now(),
    interruption: () => (interruption ??= listenForSignals()),
  }
}

/** With `once`, the second signal meets no listener: it ends the process, as it would any other. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Interrupted(signal)))
  }
  return controller.signal
}
