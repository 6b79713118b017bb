import type { ExchangeEvent } from '@obmen/exchange'

import type { MailUrl } from '../config/mail-url.ts'
import { knowError } from '../errors/known-error.ts'
import type { Messages } from '../locale/messages.ts'
import type { Progress } from '../output/progress.ts'
import { watchSilence } from './silence.ts'
import type { ToldBefore } from './told-before.ts'

/** What is interesting only while it lasts. */
const PASSING: ReadonlySet<ExchangeEvent['kind']> = new Set<ExchangeEvent['kind']>([
  'fetching',
  'tried-again',
  'applying',
  'writing',
])

/** What may be the same at each exchange: to be told when it is not. */
const STATES: ReadonlySet<ExchangeEvent['kind']> = new Set<ExchangeEvent['kind']>([
  'inbox-read',
  'unreadable-letter',
  'damaged-before',
  'unknown-sender',
  'acknowledged',
  'gap',
  'column-narrower',
  'difference',
  'keys-not-believed',
  'keys-beyond-column',
  'keys-exhausted',
  'window-full',
  'removal-unconfirmed',
])

export interface WatchOptions {
  readonly spoolFolder: string
  /** A program that goes on says nothing as long as nothing happens: not every minute that there is no message, or that the server is away. */
  readonly told?: ToldBefore
}

/** Tells people what happens during an exchange: problems at once, with what to do about them; who else has them, at its end. */
export class ExchangeWatch {
  readonly #progress: Progress
  readonly #messages: Messages
  readonly #spoolFolder: string
  readonly #told: ToldBefore | undefined
  /** The nodes that have a problem, by its words: where the mail server is away, all have the same. */
  readonly #troubled = new Map<string, Set<string>>()
  #silence: Disposable | undefined
  /** Of the server that sends: other things happen while it is waited for. */
  #sendingSilence: Disposable | undefined

  constructor(progress: Progress, messages: Messages, options: WatchOptions) {
    this.#told = options.told
    this.#progress = progress
    this.#messages = messages
    this.#spoolFolder = options.spoolFolder
  }

  take(event: ExchangeEvent): void {
    this.#heard()
    if (event.kind === 'problem') {
      this.#tellProblem(event)
      return
    }
    if (event.kind === 'inbox-read' && event.messages === 0 && this.#told !== undefined) return
    const text = this.#messages.exchange.event(event)
    if (text === undefined) return
    if (PASSING.has(event.kind)) this.#progress.show(text)
    else if (STATES.has(event.kind)) this.#noteState(text)
    else this.#progress.note(text)
  }

  /** Until anything else is heard of the exchange, the server is silent. */
  connecting(url: MailUrl): void {
    this.#progress.show(this.#messages.exchange.connecting(url.host))
    this.#silence = this.#watchSilence(url)
  }

  connectingToSend(url: MailUrl, phase: 'begins' | 'is over'): void {
    this.#sendingSilence?.[Symbol.dispose]()
    this.#sendingSilence = phase === 'begins' ? this.#watchSilence(url) : undefined
  }

  looking(looked: number, letters: number): void {
    this.#heard()
    this.#progress.show(this.#messages.exchange.looking(looked, letters))
  }

  stopping(): void {
    this.#progress.note(this.#messages.exchange.stopping())
  }

  note(line: string): void {
    this.#progress.note(line)
  }

  end(): void {
    this.#heard()
    this.#sendingSilence?.[Symbol.dispose]()
    for (const [message, [, ...others]] of this.#troubled) {
      if (others.length === 0) continue
      const { exchange, general } = this.#messages
      const line = general.errorLine(exchange.sameProblem(others, message))
      if (this.#isNewTrouble(line)) this.#progress.note(line)
    }
    this.#troubled.clear()
    this.#progress.end()
  }

  #noteState(line: string): void {
    if (this.#told?.isNews(line) !== false) this.#progress.note(line)
  }

  #isNewTrouble(line: string): boolean {
    return this.#told?.isNewTrouble(line) !== false
  }

  #watchSilence(url: MailUrl): Disposable {
    return watchSilence(url, { note: (line) => this.#noteState(line) }, this.#messages)
  }

  #heard(): void {
    this.#silence?.[Symbol.dispose]()
    this.#silence = undefined
  }

  #tellProblem({ node, error }: ExchangeEvent & { readonly kind: 'problem' }): void {
    const { errorText, exchange, general } = this.#messages
    const { message, hint } = errorText(knowError(error, this.#spoolFolder))
    const nodes = this.#troubled.get(message)
    if (nodes !== undefined) {
      nodes.add(node)
      return
    }
    this.#troubled.set(message, new Set([node]))
    const line = general.errorLine(exchange.nodeProblem(node, message))
    if (!this.#isNewTrouble(line)) return
    this.#progress.note(line)
    if (hint !== undefined) this.#progress.note(general.tryLine(hint))
  }
}
