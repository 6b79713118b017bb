import { MailError } from '../base/mail-error.ts'
import type { Reply } from './reply.ts'

/** The server said no before a letter could be begun: to the connection itself, to EHLO. What it says to a letter is an outcome. */
export class SmtpReplyRejected extends MailError {
  readonly code = 'SMTP_REPLY_REJECTED'
  /** A 4yz reply: the same may succeed later. */
  readonly transient: boolean
  /** What was attempted: `EHLO shop-1.example.org`, `the connection`. */
  readonly command: string
  readonly reply: Reply

  constructor(command: string, reply: Reply) {
    const transient = reply.severity === 'transient'
    super(`${command} was rejected: ${reply.toString()}`, {
      hint: transient
        ? 'Try again later'
        : 'Ask the administrator of the mail server why it does not accept this client',
    })
    this.transient = transient
    this.command = command
    this.reply = reply
  }
}

/** An extension that a letter may need. */
export type SmtpCapability =
  | '8BITMIME'
  | 'AUTH'
  | 'BINARYMIME'
  | 'CHUNKING'
  | 'DELIVERBY'
  | 'DSN'
  | 'FUTURERELEASE'
  | 'MT-PRIORITY'
  | 'REQUIRETLS'
  | 'SMTPUTF8'

/**
 * The letter needs an extension that the server does not offer, or not to this extent. Nothing was sent; the connection can be used for other
 * letters.
 */
export class SmtpCapabilityMissing extends MailError {
  readonly code = 'SMTP_CAPABILITY_MISSING'
  readonly transient = false
  readonly capability: SmtpCapability

  /**
   * @param needed what needs it, as the subject of the sentence: `the address <ящик@example.org>`.
   * @param reason why it is not to be had.
   */
  constructor(
    capability: SmtpCapability,
    needed: string,
    reason: string = 'which the server does not offer',
  ) {
    super(`sending was not begun: ${needed} needs ${capability}, ${reason}`, {
      hint: CAPABILITY_HINTS[capability],
    })
    this.capability = capability
  }
}

const CAPABILITY_HINTS: Readonly<Record<SmtpCapability, string>> = {
  '8BITMIME': 'Encode the content as base64 or quoted-printable',
  AUTH: 'Send without naming a submitter',
  BINARYMIME: 'Encode the content as base64',
  CHUNKING: 'Encode the content as base64',
  DELIVERBY: 'Send without a delivery time, or with one that the server takes',
  DSN: 'Send without asking for delivery reports',
  FUTURERELEASE: 'Keep the letter and send it later, or hold it for a shorter time',
  'MT-PRIORITY': 'Send without a priority',
  REQUIRETLS: 'Send over TLS to a server that offers REQUIRETLS, or without asking for it',
  SMTPUTF8: 'Use an address in ASCII, and write header fields as encoded-words',
}

/** The content holds what a letter can't. It was not sent to its end: nobody has it. */
export class SmtpContentInvalid extends MailError {
  readonly code = 'SMTP_CONTENT_INVALID'
  readonly transient = false
  /** `'nul'`: an octet 0. `'long-line'`: a line of more than 998 octets. `'eight-bit'`: an octet above 127, and the body was not said to have any. */
  readonly defect: 'nul' | 'long-line' | 'eight-bit'
  /** In which line of the content, from 1. */
  readonly line: number

  constructor(defect: SmtpContentInvalid['defect'], line: number) {
    super(`sending was given up: line ${line} of the content ${CONTENT_DEFECTS[defect].verdict}`, {
      hint: CONTENT_DEFECTS[defect].hint,
    })
    this.defect = defect
    this.line = line
  }
}

const CONTENT_DEFECTS: Readonly<
  Record<SmtpContentInvalid['defect'], { readonly verdict: string; readonly hint: string }>
> = {
  nul: { verdict: 'holds an octet 0', hint: 'Encode the content as base64' },
  'long-line': {
    verdict: 'is longer than 998 octets',
    hint: 'Encode the content as base64 or quoted-printable',
  },
  'eight-bit': {
    verdict: 'holds an octet above 127',
    hint: "Encode the content as base64 or quoted-printable, or set body to '8BITMIME'",
  },
}

/**
 * The letter is larger than the server takes (RFC 1870). Of a letter whose size is known nothing was sent, and the connection can be used for smaller
 * ones; one whose size nobody knew was not sent to its end.
 */
export class SmtpSizeExceeded extends MailError {
  readonly code = 'SMTP_SIZE_EXCEEDED'
  readonly transient = false
  /** Of a letter that was begun, the octets up to where it was stopped: it has so many at least. */
  readonly sizeOctets: number
  readonly limitOctets: number
  readonly isBegun: boolean

  constructor(
    sizeOctets: number,
    limitOctets: number,
    { isBegun = false }: { readonly isBegun?: boolean } = {},
  ) {
    super(
      isBegun
        ? `the letter was not sent to its end: it has ${sizeOctets} octets or more, and the server takes at most ${limitOctets}`
        : `sending was not begun: the letter has ${sizeOctets} octets, and the server takes at most ${limitOctets}`,
      { hint: 'Divide what is sent into smaller letters' },
    )
    this.sizeOctets = sizeOctets
    this.limitOctets = limitOctets
    this.isBegun = isBegun
  }
}
