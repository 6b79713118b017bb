import { randomUUID } from 'node:crypto'
import { MailError, type MailErrorFacts } from '../base/mail-error.ts'

/** Deeper chains of causes say nothing new, and one may lead back into itself. */
const MAX_CAUSES = 10

/** What the exceptions of 1C are made with: nothing, a description, a cause, or both. */
export type ExceptionArguments =
  [] | [description: string] | [cause: Error] | [description: string, cause: unknown]

/** The base of every exception of the object model, with the members of `Исключение`. It is an error of this package like any other. */
export abstract class Exception extends MailError {
  #id: string | undefined

  /** Tells this exception from every other, for a log. */
  get id(): string {
    this.#id ??= randomUUID()
    return this.#id
  }

  /** What happened: the message. */
  get description(): string {
    return this.message
  }

  /** Errors that happened while this one was dealt with, and that it was more important than. */
  get suppressedExceptions(): readonly unknown[] {
    return []
  }

  /** Where it was thrown: the stack. */
  get callSequence(): string {
    return this.stack ?? ''
  }

  /** The name of the class, and the message. */
  override toString(): string {
    return super.toString()
  }

  /** Everything that is known, on several lines: the message, what to do, and each cause. For a log or a support request. */
  info(): string {
    const lines = [this.toString()]
    if (this.hint !== undefined) lines.push(`  ${this.hint}`)
    let cause = this.cause
    for (let depth = 0; cause !== undefined && depth < MAX_CAUSES; depth++) {
      lines.push(`  caused by ${cause instanceof Error ? cause.toString() : typeof cause}`)
      cause = cause instanceof Error ? cause.cause : undefined
    }
    return lines.join('\n')
  }
}

/** A value can't be what it was given as: an empty server, a port that is none, a header with a line break. */
export class IllegalArgumentException extends Exception {
  readonly code = 'ILLEGAL_ARGUMENT'
  readonly transient = false

  constructor(...given: ExceptionArguments) {
    super(...messageAndFacts('an argument was refused', given))
  }
}

/** An object can't do this now: a letter without a sender can't be sent, a stream can't be read twice. */
export class IllegalStateException extends Exception {
  readonly code = 'ILLEGAL_STATE'
  readonly transient = false

  constructor(...given: ExceptionArguments) {
    super(...messageAndFacts('the object is not in a state for this', given))
  }
}

/** A cause without a description describes itself. */
function messageAndFacts(
  usual: string,
  [first, cause]: ExceptionArguments,
): [message: string, facts: MailErrorFacts] {
  if (first === undefined) return [usual, {}]
  if (typeof first === 'string') return [first, cause === undefined ? {} : { cause }]
  return [`${usual}: ${first.message}`, { cause: first }]
}
