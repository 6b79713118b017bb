import { type AnyExchangeError, ExchangeError } from '@obmen/exchange/errors'
import { type AnyMailError, MailError } from '@obmen/mail/errors'

import type {
  CertificatesMissing,
  ConfigDiffers,
  ConfigInvalid,
  ConfigNotFound,
  SecretMissing,
} from './config-error.ts'
import { ObmenError } from './obmen-error.ts'
import {
  DatabaseBusy,
  type DatabaseNotFound,
  type DatabaseUnreachable,
  DatabaseUnusable,
  DiskUnusable,
  type ExchangeRunning,
  type WorkersNeedPostgresql,
  type FileChanged,
  FileUnusable,
  type Interrupted,
  type RefusedRowUnknown,
  type ServerSilent,
  Unexpected,
} from './site-error.ts'
import type { UsageError } from './usage-error.ts'
import type { DatabaseUrlInvalid, MailUrlInvalid, ValueInvalid } from './value-error.ts'

/** Any error of this package: `switch (error.code)` narrows to its class and its facts. */
export type AnyObmenError =
  | CertificatesMissing
  | ConfigDiffers
  | ConfigInvalid
  | ConfigNotFound
  | DatabaseBusy
  | DatabaseNotFound
  | DatabaseUnreachable
  | DatabaseUrlInvalid
  | DatabaseUnusable
  | DiskUnusable
  | ExchangeRunning
  | WorkersNeedPostgresql
  | FileChanged
  | FileUnusable
  | Interrupted
  | MailUrlInvalid
  | RefusedRowUnknown
  | SecretMissing
  | ServerSilent
  | Unexpected
  | UsageError
  | ValueInvalid

/** Every error that a person can meet, of all three packages. */
export type KnownError = AnyObmenError | AnyExchangeError | AnyMailError

/**
 * Finds the word for whatever was thrown: a database that is busy, a file that can't be written, a mistake of ours. An error of a
 * file that is open does not name it: `folder` is where such files lie, if the caller knows.
 */
export function knowError(error: unknown, folder: string = ''): KnownError {
  if (error instanceof ObmenError) return error as AnyObmenError
  if (error instanceof ExchangeError) return error as AnyExchangeError
  if (error instanceof MailError) return error as AnyMailError
  if (!(error instanceof Error) || !('code' in error)) return new Unexpected(error)
  if (error.code === 'ERR_SQLITE_ERROR') return knowSqliteError(error)
  if ('severity' in error && typeof error.code === 'string')
    return knowPostgresError(error, error.code)
  if ('syscall' in error && typeof error.code === 'string') {
    const path = 'path' in error && typeof error.path === 'string' ? error.path : folder
    const problem = DISK_PROBLEMS.get(error.code)
    if (problem !== undefined) {
      return new DiskUnusable({ kind: 'file', path }, problem, { cause: error })
    }
    return new FileUnusable(path, error.code, { cause: error })
  }
  return new Unexpected(error)
}

const DISK_PROBLEMS: ReadonlyMap<string, DiskUnusable['problem']> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EIO', 'failing'],
  ['EFBIG', 'failing'],
])

/** Of SQLSTATE: a deadlock, a serialization failure, a lock that was not to be had in time. */
const POSTGRES_BUSY: ReadonlySet<string> = new Set(['40001', '40P01', '55P03'])

/** A wrong password, no such user or database, or no right. */
const POSTGRES_DENIED = /^28...$|^3D000$|^42501$/

const POSTGRES_DISK_FULL = '53100'

function knowPostgresError(error: Error, sqlState: string): KnownError {
  const cause = { cause: error }
  if (POSTGRES_BUSY.has(sqlState)) return new DatabaseBusy(cause)
  if (sqlState === POSTGRES_DISK_FULL) return new DiskUnusable({ kind: 'database' }, 'full', cause)
  const problem = POSTGRES_DENIED.test(sqlState) ? 'denied' : 'server'
  return new DatabaseUnusable(error.message, problem, cause)
}

/** SQLITE_BUSY and SQLITE_LOCKED: https://sqlite.org/rescode.html */
const BUSY_CODES: ReadonlySet<number> = new Set([5, 6])
const READONLY_CODE = 8
const IOERR_CODE = 10
const FULL_CODE = 13
const CANTOPEN_CODE = 14

/** SQLITE_IOERR_SHMSIZE: the shared memory of a database in WAL mode is a file beside it, and on a full disk it can't be made. */
const SHMSIZE_CODE = 4874

function knowSqliteError(error: Error): KnownError {
  const extended = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  const errcode = extended === SHMSIZE_CODE ? FULL_CODE : extended & 0xff
  if (BUSY_CODES.has(errcode)) return new DatabaseBusy({ cause: error })
  const cause = { cause: error }
  if (errcode === FULL_CODE) return new DiskUnusable({ kind: 'database' }, 'full', cause)
  if (errcode === IOERR_CODE) return new DiskUnusable({ kind: 'database' }, 'failing', cause)
  if (errcode === READONLY_CODE) return new DatabaseUnusable(error.message, 'read-only', cause)
  if (errcode === CANTOPEN_CODE) return new DatabaseUnusable(error.message, 'closed', cause)
  return new DatabaseUnusable(error.message, 'other', cause)
}
