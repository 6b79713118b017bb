import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { CLOSING, type CommandChannel } from './command-channel.ts'
import { sessionOver } from './pipeline.ts'
import type { Transaction } from './transaction.ts'

/** Letters that have been begun and not been told what became of them, the oldest first. */
export class OpenTransactions {
  readonly #channel: CommandChannel
  #transactions: Transaction[] = []
  /** There was a reply that can't have been meant for what it came to. The ones before it may not have been either. */
  isOutOfStep = false

  constructor(channel: CommandChannel) {
    this.#channel = channel
  }

  get count(): number {
    this.#transactions = this.#transactions.filter(({ isDone }) => !isDone)
    return this.#transactions.length
  }

  /** Whether the server has answered the content of one. */
  get hasAnswered(): boolean {
    return this.#transactions.some(({ isAnswered, isDone }) => isAnswered && !isDone)
  }

  add(transaction: Transaction): void {
    this.#transactions.push(transaction)
  }

  /** The replies so far belong to what they were taken for. */
  tellAnswered(): void {
    for (const transaction of this.#transactions) if (transaction.isAnswered) transaction.settle()
  }

  /**
   * 421 is said to all: what was sent after the command that it answers, the server does not look at any more. Other last words are for the oldest letter, because
   * replies come in order; when there is one too many of them, it is not known whose which was.
   */
  *breakOff(error: unknown): Dialog<void> {
    const { lastWord } = this.#channel
    const open = this.#transactions.filter(({ isDone }) => !isDone)
    const answered = open.filter(({ isAnswered }) => isAnswered)
    for (const transaction of answered) {
      if (error instanceof ProtocolViolation) transaction.doubt(error)
      else if (this.isOutOfStep) transaction.doubt(sessionOver(lastWord))
      else transaction.settle()
    }
    const others = open.filter(({ isAnswered }) => !isAnswered)
    const isSaidToAll = lastWord?.code === CLOSING
    const isInDoubt = isSaidToAll && others.some(({ isHandedOver }) => isHandedOver)
    const goesOn = isInDoubt && (yield* this.#channel.goesOn())
    for (const [index, transaction] of others.entries()) {
      const isForThis = goesOn ? !transaction.isHandedOver : isSaidToAll || index === 0
      transaction.breakOff(error, isForThis ? lastWord : undefined)
    }
  }
}
