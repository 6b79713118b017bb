import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { ImapResponseCode } from './response-code.ts'
import type { ImapStatus, StatusResponse } from './response.ts'

/** What a response code says about trying again, and what the reader can do (RFC 5530 §3). */
const ADVICE: Readonly<Record<string, { readonly transient: boolean; readonly hint: string }>> = {
  UNAVAILABLE: { transient: true, hint: 'Try again later' },
  INUSE: {
    transient: true,
    hint: 'Try again later: another program is at work on the same mailbox',
  },
  LIMIT: { transient: true, hint: 'Open fewer connections at a time, and try again later' },
  SERVERBUG: { transient: true, hint: 'Ask the administrator of the mail server' },
  OVERQUOTA: { transient: false, hint: 'Delete letters, or ask for more room' },
  NONEXISTENT: {
    transient: false,
    hint: 'Check the name of the mailbox; list those that are there',
  },
  TRYCREATE: { transient: false, hint: 'Create the mailbox first' },
  ALREADYEXISTS: {
    transient: false,
    hint: 'Use the mailbox that is there, or choose another name',
  },
  NOPERM: { transient: false, hint: 'Ask the owner of the mailbox for the right to do this' },
  TOOBIG: { transient: false, hint: 'Make the letter smaller' },
  CONTACTADMIN: { transient: false, hint: 'Ask the administrator of the mail server' },
}

/** The server answered `NO` or `BAD` (RFC 9051 §7.1), or greeted with `BYE`. After `NO` and `BAD` the connection is fine, and other commands may succeed. */
export class ImapCommandRejected extends MailError {
  readonly code = 'IMAP_COMMAND_REJECTED'
  /** The response code says that the trouble passes; without a code nothing says so. */
  readonly transient: boolean
  /** What was attempted: the command, its secrets concealed. */
  readonly command: string
  readonly status: ImapStatus
  /** The reason in a word that programs understand; `undefined` when the server gave none. */
  readonly responseCode: ImapResponseCode | undefined
  /** What the server said to people. */
  readonly serverWords: string

  constructor(command: string, { status, code, text }: Omit<StatusResponse, 'kind' | 'tag'>) {
    const advice = code === undefined ? undefined : ADVICE[code.name]
    const shownCode = code === undefined ? '' : `[${code.name}] `
    super(
      `${escapePeerWords(command)} was rejected: ${escapePeerWords(`${status} ${shownCode}${text}`.trim())}`,
      advice === undefined ? {} : { hint: advice.hint },
    )
    this.transient = advice?.transient ?? false
    this.command = command
    this.status = status
    this.responseCode = code?.name
    this.serverWords = escapePeerWords(text)
  }
}

/** The server lacks an extension without which this can't be done safely. Nothing was sent. */
export class ImapCapabilityMissing extends MailError {
  readonly code = 'IMAP_CAPABILITY_MISSING'
  readonly transient = false
  /** As the server would have named it: `UIDPLUS`. */
  readonly capability: string

  /** @param attempt what was to be done, as the subject of the sentence: `deleting some letters and no others`. */
  constructor(capability: string, attempt: string) {
    super(`${attempt} was not attempted: the server does not have ${capability}`, {
      hint: 'Ask the provider for a server with this extension, or do without',
    })
    this.capability = capability
  }
}

/** The letter is larger than the server lets anybody append (APPENDLIMIT, RFC 7889). Nothing was sent. */
export class ImapSizeExceeded extends MailError {
  readonly code = 'IMAP_SIZE_EXCEEDED'
  readonly transient = false
  readonly sizeOctets: number
  readonly limitOctets: number

  constructor(sizeOctets: number, limitOctets: number) {
    super(
      `appending a letter was not attempted: its ${sizeOctets} octets are more than the ${limitOctets} that the server takes`,
      { hint: 'Make the letter smaller, or ask the provider to raise the limit' },
    )
    this.sizeOctets = sizeOctets
    this.limitOctets = limitOctets
  }
}
