/** Every code an error of this package can have. A code is never used again for something else. */
export type ObmenErrorCode =
  | 'USAGE_INVALID'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_INVALID'
  | 'CERTIFICATES_MISSING'
  | 'CONFIG_DIFFERS'
  | 'VALUE_INVALID'
  | 'MAIL_URL_INVALID'
  | 'SECRET_MISSING'
  | 'SERVER_SILENT'
  | 'FILE_UNUSABLE'
  | 'FILE_CHANGED'
  | 'DISK_UNUSABLE'
  | 'DATABASE_NOT_FOUND'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_URL_INVALID'
  | 'DATABASE_UNUSABLE'
  | 'DATABASE_BUSY'
  | 'EXCHANGE_RUNNING'
  | 'REFUSED_ROW_UNKNOWN'
  | 'WORKERS_NEED_POSTGRESQL'
  | 'INTERRUPTED'
  | 'UNEXPECTED'

/** What every error of this package is made of, beside its class and code. */
export interface ObmenErrorFacts {
  /** What to do next, in the imperative. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The base of every error of this package, of the same shape as `MailError` and `ExchangeError`. `transient` answers
 * whether the same thing may succeed later without anybody doing something.
 */
export abstract class ObmenError extends Error {
  abstract readonly code: ObmenErrorCode
  abstract readonly transient: boolean
  readonly hint: string | undefined

  constructor(message: string, facts: ObmenErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.hint = facts.hint
  }
}
