import { ExchangeError } from '../plan/exchange-error.ts'

interface DeliveryFacts {
  readonly hint?: string
  readonly cause?: unknown
}

/** A row by its table and its primary key, in words. */
export interface RowName {
  readonly table: string
  readonly key: string
}

/** Why a mail server does not take a message. */
export type RefusalReason = 'mailbox-full' | 'too-large' | 'address-unknown' | 'other'

interface RefusalFacts extends DeliveryFacts {
  /** Its size is the reason. */
  readonly isTooLarge?: boolean
  readonly reason?: RefusalReason
  /** The row that is too large, when there is no other one in the message. */
  readonly row?: RowName
}

/** A message that was not taken and, as it is, never will be. */
export class DeliveryRefused extends ExchangeError {
  readonly code = 'DELIVERY_REFUSED'
  readonly transient = false
  readonly fileName: string
  readonly isTooLarge: boolean
  /** Why, where the status of the server tells it. */
  readonly reason: RefusalReason
  /** The one row in the message that alone is larger than the mail server takes: no smaller message helps. */
  readonly row: RowName | undefined
  readonly #words: string

  constructor(fileName: string, words: string, facts: RefusalFacts = {}) {
    super(`${fileName} was refused: ${words}`, facts)
    this.fileName = fileName
    this.isTooLarge = facts.isTooLarge ?? false
    this.reason = facts.reason ?? (this.isTooLarge ? 'too-large' : 'other')
    this.row = facts.row
    this.#words = words
  }

  /** The same refusal, of a message that holds this row alone. */
  becauseOf(row: RowName): DeliveryRefused {
    return new DeliveryRefused(this.fileName, this.#words, {
      hint: `make the row ${row.key} of "${row.table}" smaller, or have the limit of the mail server raised: the row alone is larger than it takes`,
      cause: this,
      isTooLarge: true,
      row,
    })
  }
}

/** A message that was not taken now; it is kept and delivered at the next exchange. */
export class DeliveryDeferred extends ExchangeError {
  readonly code = 'DELIVERY_DEFERRED'
  readonly transient = true
  readonly fileName: string

  constructor(fileName: string, words: string, facts: DeliveryFacts = {}) {
    super(`${fileName} could not be delivered now: ${words}`, {
      hint: 'nothing is lost: it is sent at the next exchange',
      ...facts,
    })
    this.fileName = fileName
  }
}

/** A message that may or may not have been taken (RFC 5321 §6.1). It is sent once more; the receiver applies it once. */
export class DeliveryUnknown extends ExchangeError {
  readonly code = 'DELIVERY_UNKNOWN'
  readonly transient = true
  readonly fileName: string

  constructor(fileName: string, facts: DeliveryFacts = {}) {
    super(`the connection broke before ${fileName} was confirmed`, {
      hint: 'nothing to do: it is sent again at the next exchange, and applied once',
      ...facts,
    })
    this.fileName = fileName
  }
}
