/** Every code an error of this package can have. A code is never used again for something else. */
export type ExchangeErrorCode =
  | 'PLAN_NAME_INVALID'
  | 'NODE_CODE_INVALID'
  | 'NODE_UNKNOWN'
  | 'NODE_EXISTS'
  | 'NODE_IS_THIS_NODE'
  | 'NODE_RUNS_TWICE'
  | 'NODE_ATTRIBUTE_INVALID'
  | 'NODE_ATTRIBUTE_MISSING'
  | 'RULE_INVALID'
  | 'MESSAGE_DAMAGED'
  | 'MESSAGE_TOO_NEW'
  | 'SCHEMA_MISMATCH'
  | 'ROW_REFUSED'
  | 'CONFLICT_UNKNOWN'
  | 'SPOOL_OF_ANOTHER_NODE'
  | 'SQLITE_UNFIT'
  | 'STORE_NOT_PREPARED'
  | 'STORE_MOVED'
  | 'STORE_OF_ANOTHER_PLAN'
  | 'TABLES_INHERIT'
  | 'TABLE_UNKNOWN'
  | 'TABLE_WITHOUT_PRIMARY_KEY'
  | 'COLLATION_UNKNOWN'
  | 'TEXT_NOT_UTF8'
  | 'CAPTURE_DISTURBED'
  | 'DELIVERY_REFUSED'
  | 'DELIVERY_DEFERRED'
  | 'DELIVERY_UNKNOWN'

/** What every error of this package is made of, beside its class and code. */
export interface ExchangeErrorFacts {
  /** What to do next, in the imperative. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The base of every error of this package. `transient` answers the only question a retry policy may ask: may
 * the same thing succeed later, without anybody doing something?
 */
export abstract class ExchangeError extends Error {
  abstract readonly code: ExchangeErrorCode
  abstract readonly transient: boolean
  readonly hint: string | undefined

  constructor(message: string, facts: ExchangeErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.hint = facts.hint
  }
}
