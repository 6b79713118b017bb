import type { SchemaMismatch } from '@obmen/exchange/errors'

import type { ConfigInvalid } from '../errors/config-error.ts'
import type { KnownError } from '../errors/known-error.ts'
import { englishConfig } from './en-config.ts'
import { exceptOptions, isOnlyOutsidePlan } from './table-words.ts'
import { findLikelyName, listNames } from './likely-name.ts'
import type { ErrorText } from './messages.ts'
import { meaningOf } from './setting-meaning.ts'

/**
 * Errors speak English by themselves. Only where a hint speaks to a programmer, here is what an administrator can do about it, in the
 * words of the configuration.
 */
export function explainInEnglish(error: KnownError, command?: string): ErrorText {
  return { message: error.message, hint: adviseAdministrator(error, command) ?? error.hint }
}

function adviseAdministrator(error: KnownError, command?: string): string | undefined {
  switch (error.code) {
    case 'TLS_FAILED':
      return (
        (command === 'send' ? SEND_TLS_HINTS[error.check] : undefined) ?? TLS_HINTS[error.check]
      )
    case 'CONFIG_INVALID':
      return explainSetting(error)
    case 'RULE_INVALID':
    case 'TABLE_UNKNOWN':
      return adviseOnName(error)
    case 'TLS_UNAVAILABLE':
      return 'check the port; with smtps://, imaps:// or pop3s:// the connection is encrypted from its beginning (465, 993, 995)'
    case 'AUTHENTICATION_FAILED':
      return 'check the user name (in "send", "receive" or --server), and the password; some providers want one for applications, and a server that offers more than it can needs ?auth=PLAIN in its address'
    case 'NO_USABLE_MECHANISM':
      return 'check that the connection is encrypted, or ask the provider how programs log in'
    case 'DEADLINE_EXCEEDED':
      return error.phase === 'receive'
        ? 'check host, port and network, and try again later; a port that is encrypted from its beginning (465, 993, 995) says nothing to smtp://, imap:// and pop3://: write smtps://, imaps://, pop3s://'
        : 'try again later; check the network of this machine'
    case 'IMAP_COMMAND_REJECTED':
      return error.command.startsWith('SELECT') && !error.transient
        ? 'check the mailbox that "receive" names, as in imaps://user@mail.example.org/Exchange; without a name it is INBOX'
        : undefined
    case 'POP3_DELETIONS_UNCONFIRMED':
      return 'nothing to do: letters that come again are recognised'
    case 'SCHEMA_MISMATCH':
      return isOnlyOutsidePlan(error)
        ? 'if the table is here and "tables" includes it, run here: obmen init; otherwise make the tables equal. The message waits in the mailbox'
        : adviseOnTypes(error)
    case 'TABLES_INHERIT':
      return `leave one of the two out: ${exceptOptions([error.table])} (in the file: tables: { except: [ … ] }). Changes of the other one are registered when programs name it in their statements`
    case 'TABLE_WITHOUT_PRIMARY_KEY':
      return `give each a PRIMARY KEY, or leave them out: ${exceptOptions(error.tables)} (in the file: tables: { except: [ … ] })`
    case 'SMTP_SIZE_EXCEEDED':
      return 'attach less, or divide the files among several letters'
    default:
      return undefined
  }
}

/** What a setting means, where its value is out of range. */
function explainSetting(error: ConfigInvalid): string | undefined {
  const meaning = meaningOf(error, englishConfig)
  return meaning && `write for example: ${meaning.example}. ${meaning.text}`
}

/** What columns of PostgreSQL and SQLite go together, where they are what differs. */
function adviseOnTypes({ hint = '', typesInSqlite }: SchemaMismatch): string {
  const pairs = typesInSqlite.map(({ type, columns }) =>
    type === 'decimal'
      ? 'decimal is numeric of PostgreSQL without a precision or with more than 15 digits, and goes with TEXT of SQLite; numeric(15,2) goes with NUMERIC'
      : `${type} of PostgreSQL goes with a column of SQLite of affinity ${columns.join(' or ')}`,
  )
  return [hint, ...pairs].join('; ')
}

function adviseOnName(
  error: KnownError & { readonly code: 'RULE_INVALID' | 'TABLE_UNKNOWN' },
): string | undefined {
  const name = findLikelyName(error)
  if (name === undefined) return undefined
  const guess =
    name.nearest === undefined
      ? `there are: ${listNames(name.known)}. Correct`
      : `did you mean "${name.nearest}"? Then correct`
  return error.code === 'TABLE_UNKNOWN'
    ? `${guess} "tables" in the configuration, or --only and --except`
    : `${guess} "rules" in the configuration; until then nothing is exchanged`
}

const TLS_HINTS: Readonly<Partial<Record<(KnownError & { code: 'TLS_FAILED' })['check'], string>>> =
  {
    'self-signed': 'if it is your own server, name its certificate (PEM) in "ca"',
    'unknown-issuer': 'if it is your own server, name the issuer\'s certificate (PEM) in "ca"',
    'wrong-host': 'write the name in the certificate as the host, or in "servername"',
    'not-tls':
      'with smtp://, imap:// or pop3:// the connection is encrypted by a command (587, 25, 143, 110)',
  }

/** `obmen send` may have no configuration, and has options for the same. */
const SEND_TLS_HINTS: typeof TLS_HINTS = {
  'self-signed': 'if it is your own server, name its certificate (PEM) with: --ca FILE',
  'unknown-issuer': "if it is your own server, name the issuer's certificate (PEM) with: --ca FILE",
  'wrong-host': 'write the name in the certificate as the host, or name it with: --servername NAME',
}
