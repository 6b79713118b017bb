import { dirname, isAbsolute, relative, resolve } from 'node:path'

import type { PlanContent } from '@obmen/exchange/sqlite'

import type { SecretReference } from '../errors/config-error.ts'
import type { ConfigComments } from '../locale/messages.ts'
import type { SettingName } from './config.ts'
import { isDatabaseUrl } from './database-url.ts'

/** What a new configuration file says, as it was given. Paths are relative to {@link NewConfig.cwd}. */
export interface NewConfig {
  readonly path: string
  readonly cwd: string
  readonly texts: ReadonlyMap<SettingName, string>
  readonly tables: PlanContent
  readonly password: SecretReference
}

/** Settings that have a default: in a new file they stand as a comment, ready to be changed. */
const DEFAULTS = [
  ['rules', '{ Orders: { where: "warehouse = :code", leaveOut: [Comment], direction: both } }'],
  ['main', 'HQ'],
  ['conflicts', 'latest'],
  ['strict', 'no'],
  ['foreignKeys', 'kept'],
  ['subjectPrefix', '"СООБЩЕНИЕ_ОБМЕНА: "'],
  ['messageSize', '10 MB'],
  ['window', '24'],
  ['resendAfter', '1 day'],
  ['keepDeletions', '400 days'],
  ['checkTables', 'never'],
  ['spool', 'obmen-spool'],
] as const

/** The text of a new configuration file: every setting, with a comment that says what it is. */
export function formatConfig(config: NewConfig, comments: ConfigComments): string {
  const text = (name: SettingName): string => formatScalar(config.texts.get(name) ?? '')
  const path = (name: SettingName): string => {
    return formatScalar(fromConfigFolder(config, config.texts.get(name) ?? ''))
  }
  const { settings } = comments
  const paragraphs = [
    comment(comments.head).trimEnd(),
    `${comment(settings.plan)}plan: ${text('plan')}`,
    `${comment(settings.node)}node: ${text('node')}`,
    `${comment(settings.database)}database: ${formatDatabase(config)}`,
    `${comment(settings.tables)}tables: ${formatTables(config.tables)}`,
    `${comment(settings.address)}address: ${text('address')}`,
    `${comment(settings.send)}send: ${text('send')}`,
    `${comment(settings.receive)}receive: ${text('receive')}`,
    `${comment(settings.password)}password: ${formatReference(config)}`,
    formatCertificates(config, comments),
    ...DEFAULTS.map(([name, value]) => {
      if (!config.texts.has(name)) return `${comment(settings[name])}# ${name}: ${value}`
      return `${comment(settings[name])}${name}: ${name === 'spool' ? path(name) : text(name)}`
    }),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

/** The address of a server is no path. */
function formatDatabase(config: NewConfig): string {
  const text = config.texts.get('database') ?? ''
  return formatScalar(isDatabaseUrl(text) ? text : fromConfigFolder(config, text))
}

function formatCertificates(config: NewConfig, { certificates }: ConfigComments): string {
  const ca = config.texts.get('ca')
  const servername = config.texts.get('servername')
  return [
    comment(certificates).trimEnd(),
    ca === undefined ? '# ca: ./ca.crt' : `ca: ${formatScalar(fromConfigFolder(config, ca))}`,
    servername === undefined
      ? '# servername: mail.example.org'
      : `servername: ${formatScalar(servername)}`,
  ].join('\n')
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')
    .concat('\n')
}

function formatTables(tables: PlanContent): string {
  if (tables.kind === 'all') return 'all'
  return `{ ${tables.kind}: [${tables.tables.map(formatScalar).join(', ')}] }`
}

function formatReference(config: NewConfig): string {
  const { password } = config
  if (password.kind === 'env') return `{ env: ${formatScalar(password.name)} }`
  return `{ file: ${formatScalar(fromConfigFolder(config, password.path))} }`
}

/** What is no absolute path is written relative to the file, so that a folder can be moved as a whole. */
function fromConfigFolder({ path, cwd }: NewConfig, target: string): string {
  if (isAbsolute(target)) return target
  const folder = dirname(resolve(cwd, path))
  return relative(folder, resolve(cwd, target)).replaceAll('\\', '/')
}

/** What YAML takes for a plain text wherever it stands, also in brackets. */
const PLAIN = /^[\p{L}\p{N}_./][\p{L}\p{N}_./@%+?=~-]*(?::[\p{L}\p{N}_./@%+?=~-]+)*$/u

/** A text as YAML takes it: plain where that is safe, otherwise in quotes with escapes, as JSON has them too. */
export function formatScalar(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text)
}
