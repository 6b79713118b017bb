import type { NodeExchange } from '@obmen/exchange'
import type { MailWatch } from '@obmen/exchange/mail'

import { type Bounds, parseDuration } from '../config/units.ts'
import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import { knowError } from '../errors/known-error.ts'
import type { Site } from '../site/open-site.ts'
import type { Invocation } from './command.ts'
import { reportExchange } from './exchange-report.ts'
import { openTransport } from './open-transport.ts'

/** A server that is asked more often than every second shuts its door; and a day is what `--watch` is not for. */
const EVERY: Bounds = { lowest: 1_000, highest: 86_400_000 }
/** As often as the programs of people look for letters. */
const DEFAULT_EVERY = '1 minute'

/**
 * Exchanges as soon as a letter has come, and from time to time, because changes of this side wait to be sent too; until somebody stops it. Trouble that passes is
 * told, and the next exchange goes on. Throws what does not pass.
 */
export async function exchangeForGood(
  invocation: Invocation,
  site: Site,
  exchangeOnce: () => Promise<readonly NodeExchange[]>,
): Promise<ExitCode> {
  const { io } = invocation
  const everyMs = readEvery(invocation)
  const signal = io.interruption()
  const transport = openTransport(invocation, site, { log: (line) => io.err(`${line}\n`) })
  const watch = await transport.openWatch()
  try {
    while (!signal.aborted) {
      await exchangeAndTell(invocation, site, exchangeOnce)
      await untilNext(invocation, watch, everyMs)
    }
    return EXIT.ok
  } finally {
    await watch.close()
    await transport.close()
  }
}

/** How often to exchange when no letter comes: `--every`. Throws {@link ValueInvalid}. */
export function readEvery({ options }: Invocation): number {
  return parseDuration(options.text('every') ?? DEFAULT_EVERY, EVERY)
}

async function untilNext(invocation: Invocation, watch: MailWatch, everyMs: number): Promise<void> {
  try {
    await watch.next(everyMs, invocation.io.interruption())
  } catch (error) {
    tellPassing(invocation, error)
  }
}

async function exchangeAndTell(
  invocation: Invocation,
  { config }: Site,
  exchangeOnce: () => Promise<readonly NodeExchange[]>,
): Promise<void> {
  try {
    const results = await exchangeOnce()
    if (results.some(hasDoneSomething)) reportExchange(invocation, results, config.spoolFolder)
  } catch (error) {
    tellPassing(invocation, error)
  }
}

/** Whether there is something to tell of an exchange with a node. */
export function hasDoneSomething({ received, sent, errors }: NodeExchange): boolean {
  return errors.length > 0 || (received?.messages ?? 0) > 0 || (sent?.messages ?? 0) > 0
}

function tellPassing(invocation: Invocation, error: unknown): void {
  if (invocation.io.interruption().aborted || !knowError(error).transient) throw error
  tellTrouble(invocation, error)
}

/** Tells what went wrong, unless it is that somebody stops the program. */
export function tellTrouble({ io, messages }: Invocation, error: unknown): void {
  if (io.interruption().aborted) return
  const known = knowError(error)
  const { message, hint } = messages.errorText(known)
  io.err(`${messages.general.errorLine(message)}\n`)
  if (hint !== undefined) io.err(`${messages.general.tryLine(hint)}\n`)
}
