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

/** The letter needs an extension that the server does not offer. Nothing was sent; the connection can be used for other letters. */
export class SmtpCapabilityMissing extends MailError {
  readonly code = 'SMTP_CAPABILITY_MISSING'
  readonly transient = false
  readonly capability: 'SMTPUTF8' | '8BITMIME'

  /** @param needed what needs it, as the subject of the sentence: `the address <ящик@example.org>`. */
  constructor(capability: 'SMTPUTF8' | '8BITMIME', needed: string) {
    super(`sending was not begun: ${needed} needs ${capability}, which the server does not offer`, {
      hint: CAPABILITY_HINTS[capability],
    })
    this.capability = capability
  }
}

const CAPABILITY_HINTS: Readonly<Record<SmtpCapabilityMissing['capability'], string>> = {
  SMTPUTF8: 'Use an address in ASCII; write a domain as xn--… (its A-label form)',
  '8BITMIME': 'Encode the content as base64 or quoted-printable',
}

/** The letter is larger than the server takes (RFC 1870). Nothing was sent; the connection can be used for smaller letters. */
export class SmtpSizeExceeded extends MailError {
  readonly code = 'SMTP_SIZE_EXCEEDED'
  readonly transient = false
  readonly sizeOctets: number
  readonly limitOctets: number

  constructor(sizeOctets: number, limitOctets: number) {
    super(
      `sending was not begun: the letter has ${sizeOctets} octets, and the server takes at most ${limitOctets}`,
      { hint: 'Divide what is sent into smaller letters' },
    )
    this.sizeOctets = sizeOctets
    this.limitOctets = limitOctets
  }
}
