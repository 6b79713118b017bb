import { ExchangeError } from '../plan/exchange-error.ts'

/** A message that is not what its sender wrote: cut, altered, or never one. It has no effect. */
export class MessageDamaged extends ExchangeError {
  readonly code = 'MESSAGE_DAMAGED'
  readonly transient = false
  readonly damage: string

  constructor(damage: string, facts: { readonly cause?: unknown } = {}) {
    super(`the exchange message is damaged: ${damage}`, {
      ...facts,
      hint: 'nothing to do: the sender is asked for it and offers its changes again',
    })
    this.damage = damage
  }
}

/** A message in a format that this version does not know yet. */
export class MessageTooNew extends ExchangeError {
  readonly code = 'MESSAGE_TOO_NEW'
  readonly transient = false
  readonly format: number

  constructor(format: number, known: number) {
    super(`the exchange message has format ${format}, this version reads up to ${known}`, {
      hint: 'update Obmen on this node; the message waits in the mailbox until then',
    })
    this.format = format
  }
}
