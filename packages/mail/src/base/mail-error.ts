/** Every code an error of this package can have. A code is never used again for something else. */
export type MailErrorCode =
  | 'ADDRESS_INVALID'
  | 'HEADER_INVALID'
  | 'ATTACHED_LETTER_INVALID'
  | 'LIMIT_EXCEEDED'
  | 'CONNECTION_FAILED'
  | 'PROXY_FAILED'
  | 'CONNECTION_LOST'
  | 'DEADLINE_EXCEEDED'
  | 'ABORTED'
  | 'PROTOCOL_VIOLATION'
  | 'TLS_UNAVAILABLE'
  | 'TLS_FAILED'
  | 'AUTHENTICATION_FAILED'
  | 'NO_USABLE_MECHANISM'
  | 'SMTP_REPLY_REJECTED'
  | 'SMTP_CAPABILITY_MISSING'
  | 'POP3_RESPONSE_REJECTED'
  | 'POP3_DELETIONS_UNCONFIRMED'
  | 'IMAP_COMMAND_REJECTED'
  | 'IMAP_CAPABILITY_MISSING'
  | 'IMAP_SIZE_EXCEEDED'
  | 'SMTP_SIZE_EXCEEDED'
  | 'DKIM_KEY_UNUSABLE'
  | 'DKIM_CONTENT_CHANGED'
  | 'SMTP_CONTENT_INVALID'
  | 'EMAIL_ADDRESS_INVALID'
  | 'EMAIL_NOT_SENT'
  | 'MAILBOX_FAILED'
  | 'EMAIL_NOT_DELETED'
  | 'EMAIL_DIRECTORY_NOT_FOUND'
  | 'ILLEGAL_ARGUMENT'
  | 'ILLEGAL_STATE'

/** What every error of this package is made of, beside its class and code. */
export interface MailErrorFacts {
  /** What to do next, in the imperative. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The base of every error of this package: one class for each consequence the caller has to draw, with a
 * stable {@link code}. `transient` answers the only question a retry policy may ask: may the same thing
 * succeed later?
 */
export abstract class MailError extends Error {
  abstract readonly code: MailErrorCode
  abstract readonly transient: boolean
  readonly hint: string | undefined

  constructor(message: string, facts: MailErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.hint = facts.hint
  }
}
