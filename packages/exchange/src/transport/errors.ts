import { ExchangeError } from '../plan/exchange-error.ts'

interface DeliveryFacts {
  readonly hint?: string
  readonly cause?: unknown
}

/** A message that was not taken and, as it is, never will be. */
export class DeliveryRefused extends ExchangeError {
  readonly code = 'DELIVERY_REFUSED'
  readonly transient = false
  readonly fileName: string

  constructor(fileName: string, words: string, facts: DeliveryFacts = {}) {
    super(`${fileName} was refused: ${words}`, facts)
    this.fileName = fileName
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
