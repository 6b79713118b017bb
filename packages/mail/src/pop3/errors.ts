import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Pop3Response, Pop3ResponseCode } from './response.ts'

/** What a response code says about trying again, and what the reader can do. Codes are prefixes: `SYS/TEMP/DISK` is a `SYS/TEMP`. */
const ADVICE: readonly {
  readonly code: string
  readonly transient: boolean
  readonly hint: string
}[] = [
  {
    code: 'IN-USE',
    transient: true,
    hint: 'Let only one program at a time read this mailbox by POP3, and try again later',
  },
  { code: 'LOGIN-DELAY', transient: true, hint: 'Wait longer between two logins' },
  { code: 'SYS/TEMP', transient: true, hint: 'Try again later' },
  { code: 'SYS/PERM', transient: false, hint: 'Ask the administrator of the mail server' },
  {
    code: 'UTF8',
    transient: false,
    hint: 'Open the maildrop with wantsUtf8: the letter has a header section in UTF-8',
  },
  { code: 'AUTH', transient: false, hint: 'Check the user name and the password' },
]

/** The server answered `-ERR` (RFC 1939 §3). The connection is fine, and other commands may succeed. */
export class Pop3ResponseRejected extends MailError {
  readonly code = 'POP3_RESPONSE_REJECTED'
  /** The response code says that the trouble passes; without a code nothing says so. */
  readonly transient: boolean
  /** What was attempted: the command line, its secrets concealed. */
  readonly command: string
  readonly response: Pop3Response

  constructor(command: string, response: Pop3Response) {
    const advice = adviceFor(response.code)
    super(
      `${command} was rejected: ${escapePeerWords(wordsOf(response))}`,
      advice === undefined ? {} : { hint: advice.hint },
    )
    this.transient = advice?.transient ?? false
    this.command = command
    this.response = response
  }

  /** What the server gave as the reason (RFC 2449 §8), in upper case; `undefined` when it gave none. */
  get responseCode(): Pop3ResponseCode | undefined {
    return this.response.code
  }
}

function adviceFor(code: Pop3ResponseCode | undefined): (typeof ADVICE)[number] | undefined {
  if (code === undefined) return undefined
  return ADVICE.find((advice) => `${code}/`.startsWith(`${advice.code}/`))
}

function wordsOf({ code, text }: Pop3Response): string {
  return [
    '-ERR',
    ...(code === undefined ? [] : [`[${code}]`]),
    ...(text === '' ? [] : [text]),
  ].join(' ')
}

/**
 * Letters were marked for deletion, but the server did not confirm that it has deleted them. It deletes only on QUIT
 * (RFC 1939 §6), so they may come again in the next session and must be recognised then.
 */
export class Pop3DeletionsUnconfirmed extends MailError {
  readonly code = 'POP3_DELETIONS_UNCONFIRMED'
  readonly transient = true
  /** The letters that were marked, by their numbers in the session that has ended. */
  readonly maildropNumbers: readonly number[]
  /** `'kept'`: QUIT never reached the server, so nothing was deleted. `'unknown'`: all, some or none were. */
  readonly outcome: 'kept' | 'unknown'

  constructor(facts: {
    readonly maildropNumbers: readonly number[]
    readonly outcome: 'kept' | 'unknown'
    readonly cause: unknown
  }) {
    const letters = facts.maildropNumbers.length === 1 ? 'letter' : 'letters'
    const verdict = facts.outcome === 'kept' ? 'was not made' : 'was not confirmed'
    const reason = facts.cause instanceof MailError ? `: ${facts.cause.message}` : ''
    super(`the deletion of ${facts.maildropNumbers.length} ${letters} ${verdict}${reason}`, {
      hint: 'Expect these letters again in the next session, and recognise them by their unique ids',
      cause: facts.cause,
    })
    this.maildropNumbers = facts.maildropNumbers
    this.outcome = facts.outcome
  }
}
