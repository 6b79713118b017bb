import type { ExchangePlan, PlanRules } from '@obmen/exchange'
import type { PlanContent } from '@obmen/exchange/sqlite'
import type { MailboxAddress } from '@obmen/mail/mime'

import type { SecretReference } from '../errors/config-error.ts'
import type { DatabaseSettings } from './database-setting.ts'
import type { MailUrl } from './mail-url.ts'

/**
 * What a site is: one plan, one database, one mailbox. In the file it is written as
 *
 *     plan: УдаленныеСклады                     # the same on all nodes
 *     node: С01                                 # this node
 *     database: trade.db                        # a SQLite database, or postgres://user@host/trade
 *     tables: all                               # or { only: [ … ] }, or { except: [ … ] }
 *     address: exchange@example.org             # the mailbox that all nodes use
 *     send: smtps://exchange%40example.org@mail.example.org
 *     receive: pop3s://exchange%40example.org@mail.example.org
 *     password: { env: OBMEN_MAIL_PASSWORD }    # or { file: ./secret }
 *
 * `send` and `receive` may also be `{ url, password, ca, servername }`, where one of them differs. Relative paths are relative to
 * the file, or to the current folder when they come from the command line or the environment.
 */
export interface Config extends DatabaseSettings {
  /** The file that it was read from, as it was named. */
  readonly path: string
  readonly plan: ExchangePlan
  readonly tables: PlanContent
  /** What the plan says of tables, shares and conflicts. */
  readonly rules: PlanRules
  /** The mailbox that all nodes of the plan use. */
  readonly address: MailboxAddress
  readonly send: MailServerSetting
  readonly receive: MailServerSetting
  /** What the subject of a letter begins with. */
  readonly subjectPrefix: string
  readonly messageSizeOctets: number
  readonly window: number
  readonly resendAfterMs: number
  /** For so many days with an exchange it is remembered that a row was deleted. */
  readonly keepDeletionsDays: number
  /** How often messages say what the tables hold; `undefined`: never. */
  readonly checkEveryMs: number | undefined
  /** A folder for messages on their way; an absolute path. */
  readonly spoolFolder: string
}

/** A mail server as it is configured: passwords and certificates are referred to, not held. */
export interface MailServerSetting {
  readonly url: MailUrl
  /** Always there when {@link MailUrl.user} is. */
  readonly password?: SecretReference
  /** A file of certificates in PEM to trust instead of the usual ones; an absolute path. */
  readonly caFile?: string
  readonly servername?: string
}

/** The settings by name, each with a line as it could stand in the file. */
export const SETTING_EXAMPLES = {
  plan: 'plan: УдаленныеСклады',
  node: 'node: С01',
  database: 'database: trade.db',
  databasePassword: 'databasePassword: { env: OBMEN_DATABASE_PASSWORD }',
  databaseCa: 'databaseCa: ./db-ca.crt',
  tables: 'tables: { except: [Log] }',
  rules: 'rules: { Orders: { where: "warehouse = :code", keyBlocks: 10000 } }',
  main: 'main: ЦБ',
  conflicts: 'conflicts: latest',
  strict: 'strict: no',
  foreignKeys: 'foreignKeys: kept',
  address: 'address: exchange@example.org',
  send: 'send: smtps://exchange%40example.org@mail.example.org',
  receive: 'receive: pop3s://exchange%40example.org@mail.example.org',
  password: 'password: { env: OBMEN_MAIL_PASSWORD }',
  ca: 'ca: ./ca.crt',
  servername: 'servername: mail.example.org',
  subjectPrefix: 'subjectPrefix: "СООБЩЕНИЕ_ОБМЕНА: "',
  messageSize: 'messageSize: 10 MB',
  window: 'window: 24',
  resendAfter: 'resendAfter: 1 day',
  keepDeletions: 'keepDeletions: 400 days',
  checkTables: 'checkTables: 30 days',
  spool: 'spool: obmen-spool',
} as const

export type SettingName = keyof typeof SETTING_EXAMPLES

export const SETTING_NAMES: readonly SettingName[] =
  Object.keys(SETTING_EXAMPLES).filter(isSettingName)

export function isSettingName(text: string): text is SettingName {
  return Object.hasOwn(SETTING_EXAMPLES, text)
}

/** Settings that are one text, and so can be given by the environment variable {@link environmentName}. */
export const TEXT_SETTINGS: readonly SettingName[] = SETTING_NAMES.filter(
  (name) => !['tables', 'rules', 'password', 'databasePassword'].includes(name),
)

/** `messageSize` → `OBMEN_MESSAGE_SIZE` */
export function environmentName(name: SettingName): string {
  return `OBMEN_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `messageSize` → `--message-size` */
export function optionName(name: SettingName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
