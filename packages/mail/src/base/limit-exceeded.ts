import { MailError } from './mail-error.ts'

/**
 * Something from outside is larger than this program was told to take. Nothing is wrong with the connection itself, but what was
 * being read is lost.
 */
export class LimitExceeded extends MailError {
  readonly code = 'LIMIT_EXCEEDED'
  readonly transient = false
  /** The limit that was passed, in the unit that the end of {@link option} names. */
  readonly limit: number
  /** What was found: exact where it is known, otherwise how much had come when reading stopped. */
  readonly value: number
  /** The setting that raises the limit. */
  readonly option: string

  constructor(facts: {
    /** What is too large, as the subject of the sentence: `a line`. */
    readonly what: string
    readonly limit: number
    readonly value: number
    readonly option: string
  }) {
    super(
      `${facts.what} was refused: ${facts.value} is more than the limit of ${facts.limit} (${facts.option})`,
      { hint: `Raise ${facts.option} if what was sent is in order` },
    )
    this.limit = facts.limit
    this.value = facts.value
    this.option = facts.option
  }
}
