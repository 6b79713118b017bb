import type { NodeExchange } from '@obmen/exchange'
import { type MailWatch, TIMED_WATCH } from '@obmen/exchange/mail'

import type { Config } from '../config/config.ts'
import { type Bounds, parseDuration } from '../config/units.ts'
import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import { knowError, type KnownError } from '../errors/known-error.ts'
import type { Invocation } from './command.ts'
import { reportExchange } from './exchange-report.ts'
import { LoginPace } from './login-pace.ts'
import { watchMailbox } from './mailbox-watch.ts'
import { tellIfOver, tellTrouble } from './tell-trouble.ts'
import { ToldBefore } from './told-before.ts'

/** A server that is asked more often than every second shuts its door; and a day is what `--watch` is not for. */
const EVERY: Bounds = { lowest: 1_000, highest: 86_400_000 }
/** As often as the programs of people look for letters. */
const DEFAULT_EVERY = '1 minute'

/** One exchange. Trouble that `told` knows of is not to be told again. */
export type ExchangeOnce = (told: ToldBefore) => Promise<readonly NodeExchange[]>

/**
 * Exchanges as soon as a letter has come, and from time to time, because changes of this side wait to be sent too; until somebody stops it. Throws what does not
 * pass by itself as long as no exchange has come to its end, because whoever has started the program is still there. Later nobody is: trouble is told once, and
 * the next exchange goes on when it was mended, here or at the provider.
 */
export async function exchangeForGood(
  invocation: Invocation,
  config: Config,
  exchangeOnce: ExchangeOnce,
): Promise<ExitCode> {
  const { io } = invocation
  const loop = new ExchangeLoop(invocation, config, exchangeOnce)
  const signal = io.interruption()
  const watch = await watchMailbox(invocation, config)
  try {
    while (!signal.aborted) {
      await loop.exchangeAndTell()
      if (!signal.aborted) await loop.untilNext(watch)
    }
    return EXIT.ok
  } finally {
    await watch.close()
  }
}

/** How often to exchange when no letter comes: `--every`. Throws {@link ValueInvalid}. */
export function readEvery({ options }: Invocation): number {
  return parseDuration(options.text('every') ?? DEFAULT_EVERY, EVERY)
}

/** The exchanges of {@link exchangeForGood}, one after the other. */
export class ExchangeLoop {
  readonly #invocation: Invocation
  readonly #config: Config
  readonly #exchangeOnce: ExchangeOnce
  readonly #told: ToldBefore
  readonly #pace: LoginPace
  readonly #everyMs: number
  #hasExchanged = false

  constructor(invocation: Invocation, config: Config, exchangeOnce: ExchangeOnce) {
    this.#invocation = invocation
    this.#config = config
    this.#exchangeOnce = exchangeOnce
    this.#told = new ToldBefore(() => invocation.io.now())
    this.#everyMs = readEvery(invocation)
    this.#pace = new LoginPace(this.#everyMs)
  }

  async exchangeAndTell(): Promise<void> {
    const { spoolFolder } = this.#config
    try {
      const results = await this.#exchangeOnce(this.#told)
      this.#hasExchanged = true
      const errors = results.flatMap((result) => result.errors)
      this.#pace.take(errors.map((error) => knowError(error, spoolFolder)))
      if (isWorthTelling(this.#invocation, results, this.#told)) {
        reportExchange(this.#invocation, results, spoolFolder)
      }
    } catch (error) {
      if (this.#invocation.io.interruption().aborted) return
      const known = knowError(error, spoolFolder)
      if (isMistake(known) || !(known.transient || this.#hasExchanged)) throw error
      this.#pace.take([known])
      tellTrouble(this.#invocation, known, this.#told)
    }
    tellIfOver(this.#invocation, this.#told)
  }

  /** Waits until it is time for another exchange; by `timed`, where the mailbox is better not watched now. */
  async untilNext(watch: MailWatch, timed: MailWatch = TIMED_WATCH): Promise<void> {
    const signal = this.#invocation.io.interruption()
    if (this.#pace.isRefused) {
      // To watch the mailbox is to log in; it is opened anew later, with the password that is there then.
      await watch.close()
      return timed.next(this.#pace.waitMs, signal)
    }
    try {
      await watch.next(this.#everyMs, signal)
    } catch (error) {
      if (signal.aborted) return
      const known = knowError(error)
      if (isMistake(known)) throw error
      tellTrouble(this.#invocation, known, this.#told)
      await timed.next(this.#everyMs, signal)
    }
  }
}

/** What nobody but a programmer can mend: it ends the program, so that it begins anew. */
function isMistake({ code }: KnownError): boolean {
  return code === 'UNEXPECTED'
}

/** Whether there is something to tell of exchanges that somebody who reads what was told before does not know. Programs are told of each error. */
export function isWorthTelling(
  { options }: Invocation,
  results: readonly NodeExchange[],
  told: ToldBefore,
): boolean {
  const isOfErrors = results.some(({ errors }) => errors.length > 0)
  return results.some(hasMoved) || (isOfErrors && (options.isSet('json') || told.hasNews))
}

function hasMoved({ received, sent }: NodeExchange): boolean {
  return (received?.messages ?? 0) > 0 || (sent?.messages ?? 0) > 0
}
