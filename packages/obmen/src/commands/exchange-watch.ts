import type { ExchangeEvent } from '@obmen/exchange'

import type { MailUrl } from '../config/mail-url.ts'
import { knowError } from '../errors/known-error.ts'
import type { Messages } from '../locale/messages.ts'
import type { Progress } from '../output/progress.ts'
import { watchSilence } from './silence.ts'

/** What is interesting only while it lasts. */
const PASSING: ReadonlySet<ExchangeEvent['kind']> = new Set<ExchangeEvent['kind']>([
  'fetching',
  'tried-again',
  'applying',
  'writing',
])

export interface WatchOptions {
  readonly spoolFolder: string
  /** A program that goes on says nothing as long as nothing happens: not every minute that there is no message. */
  readonly tellsEmptyMailbox: boolean
}

/** Tells people what happens during an exchange: problems at once, with what to do about them; who else has them, at its end. */
export class ExchangeWatch {
  readonly #progress: Progress
  readonly #messages: Messages
  readonly #spoolFolder: string
  readonly #tellsEmptyMailbox: boolean
  /** The nodes that have a problem, by its words: where the mail server is away, all have the same. */
  readonly #troubled = new Map<string, Set<string>>()
  #silence: Disposable | undefined
  /** Of the server that sends: other things happen while it is waited for. */
  #sendingSilence: Disposable | undefined

  constructor(progress: Progress, messages: Messages, options: WatchOptions) {
    this.#tellsEmptyMailbox = options.tellsEmptyMailbox
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
    if (event.kind === 'inbox-read' && event.messages === 0 && !this.#tellsEmptyMailbox) return
    const text = this.#messages.exchange.event(event)
    if (text === undefined) return
    if (PASSING.has(event.kind)) this.#progress.show(text)
    else this.#progress.note(text)
  }

  /** Until anything else is heard of the exchange, the server is silent. */
  connecting(url: MailUrl): void {
    this.#progress.show(this.#messages.exchange.connecting(url.host))
    this.#silence = watchSilence(url, this.#progress, this.#messages)
  }

  connectingToSend(url: MailUrl, phase: 'begins' | 'is over'): void {
    this.#sendingSilence?.[Symbol.dispose]()
    this.#sendingSilence =
      phase === 'begins' ? watchSilence(url, this.#progress, this.#messages) : undefined
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
      this.#progress.note(general.errorLine(exchange.sameProblem(others, message)))
    }
    this.#troubled.clear()
    this.#progress.end()
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
    this.#progress.note(general.errorLine(exchange.nodeProblem(node, message)))
    if (hint !== undefined) this.#progress.note(general.tryLine(hint))
  }
}
