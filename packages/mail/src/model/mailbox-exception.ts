import { LimitExceeded } from '../base/limit-exceeded.ts'
import { MailError } from '../base/mail-error.ts'
import { EmailException } from './email-exception.ts'
import { Exception, IllegalArgumentException } from './exception.ts'

/** A mailbox could not be opened, read or changed. Why not, its `cause` says: an error of `@obmen/mail/errors`. An extension: the documentation has the base class only. */
export class MailboxException extends EmailException {
  readonly code = 'MAILBOX_FAILED'
  /** The same may succeed later. */
  readonly transient: boolean

  /** @param attempt What was to be done, as the subject of the sentence: `reading letters`. */
  constructor(attempt: string, cause: MailError) {
    super(`${attempt} failed: ${cause.message}`, {
      cause,
      ...(cause.hint !== undefined && { hint: cause.hint }),
    })
    this.transient = cause.transient
  }
}

/**
 * Letters that were marked for deletion may be there still, and come again with the next connection. An extension: the documentation has the base class
 * only.
 */
export class EmailDeletionException extends EmailException {
  readonly code = 'EMAIL_NOT_DELETED'
  readonly transient = true
  /** The letters, by their indexes in the connection that has ended, which are counted from 0. */
  readonly indexes: readonly number[]
  /** `'kept'`: they are there still. `'unknown'`: all, some or none are. */
  readonly outcome: 'kept' | 'unknown'

  constructor(facts: {
    readonly indexes: readonly number[]
    readonly outcome: 'kept' | 'unknown'
    readonly cause: MailError
  }) {
    const { indexes, outcome, cause } = facts
    const letters = indexes.length === 1 ? 'letter' : 'letters'
    const verdict = outcome === 'kept' ? 'was not made' : 'was not confirmed'
    super(`the deletion of ${indexes.length} ${letters} ${verdict}: ${cause.message}`, {
      hint: 'Expect these letters again with the next connection, and recognise them by their messageId',
      cause,
    })
    this.indexes = indexes
    this.outcome = outcome
  }
}

/** There is no such directory on the server. */
export class EmailDirectoryNotFoundException extends EmailException {
  readonly code = 'EMAIL_DIRECTORY_NOT_FOUND'
  readonly transient = false
  /** The full path of the directory. */
  readonly path: string

  constructor(path: string, cause?: MailError) {
    super(`the directory ${JSON.stringify(path)} was not found on the server`, {
      hint: 'Check the path, or create the directory first',
      ...(cause && { cause }),
    })
    this.path = path
  }
}

/** Does something with a mailbox, and tells what went wrong in the exceptions of the object model. */
export async function inMailbox<Result>(
  attempt: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Exception) throw error
    if (error instanceof MailError) throw new MailboxException(attempt, error)
    // Whatever else the engines can't take is an argument: a number that is none, a name with a line break.
    if (error instanceof RangeError) throw new IllegalArgumentException(error.message, error)
    throw error
  }
}

/** Reads one letter of several. One that is larger in some respect than any letter should be must not keep the others from being read, so why it can't be is returned. */
export function readOneOf<Letter>(index: number, read: () => Letter): Letter | MailboxException {
  try {
    return read()
  } catch (error) {
    const cause = error instanceof IllegalArgumentException ? error.cause : error
    if (!(cause instanceof LimitExceeded)) throw error
    return new MailboxException(`reading letter ${index}`, cause)
  }
}
