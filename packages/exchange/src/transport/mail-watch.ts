/**
 * Waiting for letters. By IMAP the server tells of them (IDLE, RFC 2177) over a connection that stays open, also while messages are received over
 * another, so that none comes unnoticed in between. By POP3 a look is the only way to know.
 */
import { setTimeout as wait } from 'node:timers/promises'

import { LimitExceeded, MailError, ProtocolViolation } from '@obmen/mail/errors'
import {
  type ConnectionOptions,
  type ImapConnection,
  type ImapMailbox,
  type MailServer,
  openImap,
} from '@obmen/mail/imap'

/** How long a server that was lost is left alone: at first, and at most. */
const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 60_000

/** Tells when it is time to look into a mailbox again. */
export interface MailWatch {
  /**
   * Resolves when letters have come since this resolved last, or since the watch was opened; when that can't be known; or when the time is over. At once when the
   * signal aborts. A server that is lost is connected to again.
   *
   * @param forMs the longest wait, in milliseconds.
   * @throws MailError when the server refuses for good: the login, the mailbox.
   */
  next(forMs: number, signal: AbortSignal): Promise<void>

  close(): Promise<void>
}

/** Nothing is known without a look, so it is time for one when the time is over. */
export const TIMED_WATCH: MailWatch = {
  next: (forMs, signal) => pause(forMs, signal),
  close: () => Promise.resolve(),
}

/** Watches a mailbox by IMAP. */
export class ImapWatch implements MailWatch {
  readonly #server: MailServer & { readonly mailbox?: string | undefined }
  readonly #options: ConnectionOptions
  #imap: ImapConnection | undefined
  #mailbox: ImapMailbox | undefined
  readonly #firstPauseMs: number
  #pauseMs = 0

  constructor(
    server: MailServer & { readonly mailbox?: string | undefined },
    options: ConnectionOptions,
    firstPauseMs: number = FIRST_PAUSE_MS,
  ) {
    this.#server = server
    this.#options = options
    this.#firstPauseMs = firstPauseMs
  }

  /** Connects. What comes from then on is noticed. */
  async open(): Promise<void> {
    const imap = await openImap(this.#server, this.#options)
    try {
      this.#mailbox = await imap.examine(this.#server.mailbox ?? 'INBOX')
      this.#imap = imap
    } catch (error) {
      await imap.close()
      throw error
    }
  }

  async next(forMs: number, signal: AbortSignal): Promise<void> {
    const time = AbortSignal.timeout(forMs)
    const either = AbortSignal.any([time, signal])
    const wasOpen = this.#mailbox !== undefined
    try {
      await this.#untilLetters(either)
    } catch (error) {
      await this.#abandon()
      if (signal.aborted) return
      const passes = isPassing(error) || (wasOpen && isOfConnection(error))
      if (!passes) throw error
      await this.#pause(either)
    }
  }

  async close(): Promise<void> {
    const imap = this.#imap
    this.#imap = undefined
    this.#mailbox = undefined
    await imap?.close()
  }

  /** After a time without a connection it is not known whether letters have come. */
  async #untilLetters(signal: AbortSignal): Promise<void> {
    const mailbox = this.#mailbox
    if (mailbox === undefined) {
      await this.open()
      return
    }
    while (!signal.aborted) {
      const changes = await mailbox.changes(signal)
      // Not before: there are servers that let in, and hang up on each IDLE.
      this.#pauseMs = 0
      // Letters that go are none that come, and neither are flags.
      if (changes.some(({ kind }) => kind === 'exists' || kind === 'many')) return
    }
  }

  #abandon(): Promise<void> {
    this.#imap?.abandon()
    return this.close()
  }

  #pause(signal: AbortSignal): Promise<void> {
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2 || this.#firstPauseMs)
    return pause(this.#pauseMs, signal)
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof MailError && error.transient
}

/**
 * Whether it ends a connection and is no refusal: the server said what can't be understood, such as that letters have other UIDs now. If that is for good, the
 * next connection shows it.
 */
function isOfConnection(error: unknown): boolean {
  return error instanceof ProtocolViolation || error instanceof LimitExceeded
}

/** Waits, unless the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
