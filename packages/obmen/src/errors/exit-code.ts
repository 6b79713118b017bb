import type { KnownError } from './known-error.ts'

/** What the program ends with, by the words of sysexits.h, which mail programs and schedulers know. */
export const EXIT = {
  ok: 0,
  usage: 64,
  data: 65,
  /** EX_NOINPUT */
  file: 66,
  unavailable: 69,
  internal: 70,
  /** EX_IOERR */
  disk: 74,
  temporary: 75,
  permission: 77,
  configuration: 78,
  /** 128 and the number of SIGINT, as a shell says it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** For errors that do not pass by themselves. What may succeed later ends with 75, see {@link exitCodeOf}. */
const EXIT_CODES: Readonly<Record<KnownError['code'], ExitCode>> = {
  USAGE_INVALID: EXIT.usage,
  NODE_ATTRIBUTE_INVALID: EXIT.usage,
  NODE_CODE_INVALID: EXIT.usage,
  NODE_EXISTS: EXIT.usage,
  NODE_IS_THIS_NODE: EXIT.usage,
  NODE_UNKNOWN: EXIT.usage,
  CONFLICT_UNKNOWN: EXIT.usage,
  REFUSED_ROW_UNKNOWN: EXIT.usage,
  // Of an option. That of a setting is a CONFIG_INVALID.
  VALUE_INVALID: EXIT.usage,

  CERTIFICATES_MISSING: EXIT.configuration,
  CONFIG_DIFFERS: EXIT.configuration,
  NODE_ATTRIBUTE_MISSING: EXIT.configuration,
  RULE_INVALID: EXIT.configuration,
  CONFIG_INVALID: EXIT.configuration,
  CONFIG_NOT_FOUND: EXIT.configuration,
  DATABASE_NOT_FOUND: EXIT.configuration,
  DATABASE_URL_INVALID: EXIT.configuration,
  DKIM_KEY_UNUSABLE: EXIT.configuration,
  MAIL_URL_INVALID: EXIT.configuration,
  PLAN_NAME_INVALID: EXIT.configuration,
  SECRET_MISSING: EXIT.configuration,
  SPOOL_OF_ANOTHER_NODE: EXIT.configuration,
  STORE_NOT_PREPARED: EXIT.configuration,
  STORE_MOVED: EXIT.configuration,
  STORE_OF_ANOTHER_PLAN: EXIT.configuration,
  TABLE_UNKNOWN: EXIT.configuration,

  ADDRESS_INVALID: EXIT.data,
  ATTACHED_LETTER_INVALID: EXIT.data,
  CAPTURE_DISTURBED: EXIT.data,
  COLLATION_UNKNOWN: EXIT.data,
  EMAIL_ADDRESS_INVALID: EXIT.data,
  HEADER_INVALID: EXIT.data,
  ILLEGAL_ARGUMENT: EXIT.data,
  ILLEGAL_STATE: EXIT.data,
  LIMIT_EXCEEDED: EXIT.data,
  MESSAGE_DAMAGED: EXIT.data,
  MESSAGE_TOO_NEW: EXIT.data,
  NODE_RUNS_TWICE: EXIT.data,
  ROW_REFUSED: EXIT.data,
  SCHEMA_MISMATCH: EXIT.data,
  SMTP_CONTENT_INVALID: EXIT.data,
  TABLES_INHERIT: EXIT.data,
  TABLE_WITHOUT_PRIMARY_KEY: EXIT.data,
  TEXT_NOT_UTF8: EXIT.data,

  // Where rights are missing it is `permission`.
  FILE_UNUSABLE: EXIT.file,

  DISK_UNUSABLE: EXIT.disk,
  DKIM_CONTENT_CHANGED: EXIT.disk,

  AUTHENTICATION_FAILED: EXIT.permission,
  DATABASE_UNUSABLE: EXIT.permission,
  NO_USABLE_MECHANISM: EXIT.permission,

  SQLITE_UNFIT: EXIT.unavailable,
  DELIVERY_REFUSED: EXIT.unavailable,
  EMAIL_DIRECTORY_NOT_FOUND: EXIT.unavailable,
  EMAIL_NOT_DELETED: EXIT.unavailable,
  EMAIL_NOT_SENT: EXIT.unavailable,
  MAILBOX_FAILED: EXIT.unavailable,
  POP3_RESPONSE_REJECTED: EXIT.unavailable,
  IMAP_CAPABILITY_MISSING: EXIT.unavailable,
  IMAP_COMMAND_REJECTED: EXIT.unavailable,
  IMAP_SIZE_EXCEEDED: EXIT.unavailable,
  PROTOCOL_VIOLATION: EXIT.unavailable,
  PROXY_FAILED: EXIT.unavailable,
  SMTP_CAPABILITY_MISSING: EXIT.unavailable,
  SMTP_REPLY_REJECTED: EXIT.unavailable,
  SMTP_SIZE_EXCEEDED: EXIT.unavailable,
  TLS_FAILED: EXIT.unavailable,
  TLS_UNAVAILABLE: EXIT.unavailable,

  ABORTED: EXIT.temporary,
  CONNECTION_FAILED: EXIT.temporary,
  CONNECTION_LOST: EXIT.temporary,
  DATABASE_BUSY: EXIT.temporary,
  DATABASE_UNREACHABLE: EXIT.temporary,
  DEADLINE_EXCEEDED: EXIT.temporary,
  DELIVERY_DEFERRED: EXIT.temporary,
  DELIVERY_UNKNOWN: EXIT.temporary,
  EXCHANGE_RUNNING: EXIT.temporary,
  SERVER_SILENT: EXIT.temporary,
  WORKERS_NEED_POSTGRESQL: EXIT.configuration,
  FILE_CHANGED: EXIT.temporary,
  INTERRUPTED: EXIT.temporary,
  POP3_DELETIONS_UNCONFIRMED: EXIT.temporary,

  UNEXPECTED: EXIT.internal,
}

/** What the system says where this user may not use a file. */
const NO_RIGHT: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Errors that may pass by themselves end with 75, whatever they are: a scheduler needs to know nothing else. */
export function exitCodeOf(error: KnownError): ExitCode {
  if (error.code === 'INTERRUPTED' && error.signal === 'SIGINT') return EXIT.interrupted
  if (error.code === 'CONFIG_INVALID' && error.place.kind === 'option') return EXIT.usage
  if (error.code === 'FILE_UNUSABLE' && NO_RIGHT.has(error.systemCode)) return EXIT.permission
  return error.transient ? EXIT.temporary : EXIT_CODES[error.code]
}

/** What needs a person most comes last. */
const BY_SEVERITY: readonly ExitCode[] = [
  EXIT.ok,
  EXIT.temporary,
  EXIT.interrupted,
  EXIT.unavailable,
  EXIT.usage,
  EXIT.data,
  EXIT.file,
  EXIT.disk,
  EXIT.permission,
  EXIT.configuration,
  EXIT.internal,
]

/** The exit code for several errors: that of the worst. */
export function worstExitCode(errors: readonly KnownError[]): ExitCode {
  const codes = errors.map(exitCodeOf)
  return BY_SEVERITY.findLast((code) => codes.includes(code)) ?? EXIT.ok
}
