import type { SendingRules } from '../plan/numbering.ts'
import type { ChangeStore } from '../store/change-store.ts'
import type { Transport } from '../transport/transport.ts'
import type { ExchangeEvent } from './exchange-event.ts'

/** Everything an exchange works with: the ports, the rules, and what makes it differ from one run to the next. */
export interface ExchangeContext {
  readonly store: ChangeStore
  readonly transport: Transport
  /** A folder for messages on their way out and in. Of this node alone, on a disk that survives a restart. */
  readonly spoolFolder: string
  /**
   * A folder where it stands how far keys have come, on a disk that survives a restart. One for all processes that work for this node,
   * each with a spool of its own; by default the spool folder.
   */
  readonly keysFolder?: string
  readonly rules: ExchangeRules
  /**
   * Where the database is, in words that stay the same as long as it is the same one: its machine and its path. With other words
   * than at the last exchange nothing is exchanged. By default nobody looks.
   */
  readonly instance?: string
  /** Wall clock in milliseconds. */
  readonly now: () => number
  /** A new UUID at each call. */
  readonly newUuid: () => string
  readonly onEvent?: (event: ExchangeEvent) => void
  /** Stops the exchange between two steps: everything that was done stays done, nothing is left half. */
  readonly signal?: AbortSignal
}

export interface ExchangeRules extends SendingRules {
  /** A message is closed when its rows take so many octets before compression. One row more never fits into half a message. */
  readonly messageSizeOctets: number
  /** For so many days with an exchange it is remembered that a row was deleted; by default {@link DEFAULT_KEEP_DELETIONS_DAYS}. */
  readonly keepDeletionsDays?: number
  /**
   * So often, in milliseconds, a message says what the tables hold, so that the receiver finds differences that no exchange has caused.
   * Each time the tables are read from one end to the other, on both sides. By default never.
   */
  readonly checkEveryMs?: number
}

/** Longer than backups are usually kept: a node that is restored from an older one may bring back what was deleted. */
export const DEFAULT_KEEP_DELETIONS_DAYS: number = 400

/**
 * Rows that hardly compress travel as base64 in 4/3 of their size, so letters stay below 15 MB: mail providers take
 * 20 to 25 MB. Rows of an ordinary table compress to a third of that.
 */
export const DEFAULT_MESSAGE_SIZE_OCTETS: number = 10 * 1024 * 1024
