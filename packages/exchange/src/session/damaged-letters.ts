import type { MessageDamaged } from '../message/errors.ts'
import type { MessageNo } from '../plan/message-no.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { WaitingMessage } from '../transport/transport.ts'
import type { ExchangeContext } from './exchange-context.ts'
import type { LetterNotes } from './letter-notes.ts'

/** The letters of a node that can't be read: each is told of once, and counted as long as it is there. */
export class DamagedLetters {
  readonly #context: ExchangeContext
  readonly #code: NodeCode
  readonly #notes: LetterNotes
  /** Those that nobody was told of before. */
  readonly errors: MessageDamaged[] = []
  readonly #toldBefore: MessageNo[] = []

  constructor(context: ExchangeContext, code: NodeCode, notes: LetterNotes) {
    this.#context = context
    this.#code = code
    this.#notes = notes
  }

  async take(message: WaitingMessage, error: MessageDamaged): Promise<void> {
    if (this.#notes.has('damaged', message)) {
      this.#toldBefore.push(message.name.messageNo)
      return
    }
    this.#context.onEvent?.({ kind: 'problem', node: this.#code, error })
    this.errors.push(error)
    await this.#notes.add('damaged', message)
  }

  /** After all letters of the node. */
  tellOfOthers(): void {
    const { length: messages } = this.#toldBefore
    const [firstNo] = this.#toldBefore
    if (firstNo === undefined) return
    this.#context.onEvent?.({ kind: 'damaged-before', node: this.#code, messages, firstNo })
  }
}
