import { type AnyExchangeError, ExchangeError } from '@obmen/exchange/errors'
import { type AnyMailError, MailError } from '@obmen/mail/errors'

import type { ConfigDiffers, ConfigInvalid, ConfigNotFound, SecretMissing } from './config-error.ts'
import { ObmenError } from './obmen-error.ts'
import {
  DatabaseBusy,
  type DatabaseNotFound,
  DatabaseUnusable,
  type ExchangeRunning,
  FileUnusable,
  type Interrupted,
  Unexpected,
} from './site-error.ts'
import type { UsageError } from './usage-error.ts'
import type { MailUrlInvalid, ValueInvalid } from './value-error.ts'

/** Any error of this package: `switch (error.code)` narrows to its class and its facts. */
export type AnyObmenError =
  | ConfigDiffers
  | ConfigInvalid
  | ConfigNotFound
  | DatabaseBusy
  | DatabaseNotFound
  | DatabaseUnusable
  | ExchangeRunning
  | FileUnusable
  | Interrupted
  | MailUrlInvalid
  | SecretMissing
  | Unexpected
  | UsageError
  | ValueInvalid

/** Every error that a person can meet, of all three packages. */
export type KnownError = AnyObmenError | AnyExchangeError | AnyMailError

/** Finds the word for whatever was thrown: a database that is busy, a file that can't be written, a mistake of ours. */
export function knowError(error: unknown): KnownError {
  if (error instanceof ObmenError) return error as AnyObmenError
  if (error instanceof ExchangeError) return error as AnyExchangeError
  if (error instanceof MailError) return error as AnyMailError
  if (!(error instanceof Error) || !('code' in error)) return new Unexpected(error)
  if (error.code === 'ERR_SQLITE_ERROR') return knowSqliteError(error)
  if ('syscall' in error && typeof error.code === 'string') {
    const path = 'path' in error && typeof error.path === 'string' ? error.path : ''
    return new FileUnusable(path, error.code, { cause: error })
  }
  return new Unexpected(error)
}

/** SQLITE_BUSY and SQLITE_LOCKED: https://sqlite.org/rescode.html */
const BUSY_CODES: ReadonlySet<number> = new Set([5, 6])

function knowSqliteError(error: Error): KnownError {
  const errcode = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
  if (BUSY_CODES.has(errcode)) return new DatabaseBusy({ cause: error })
  return new DatabaseUnusable(error.message, { cause: error })
}
