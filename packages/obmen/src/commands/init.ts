import { isDeepStrictEqual } from 'node:util'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { PlanContent, Preparation } from '@obmen/exchange/sqlite'

import { type Config, optionName, type SettingName } from '../config/config.ts'
import {
  configPath,
  type ConfigSources,
  configWithoutFile,
  loadConfig,
  loadFileAlone,
} from '../config/load-config.ts'
import { readCertificates } from '../config/read-file.ts'
import type { RawSetting } from '../config/raw-setting.ts'
import { DEFAULT_PASSWORD_VARIABLE } from '../config/secrets.ts'
import { formatConfig } from '../config/write-config.ts'
import { ConfigDiffers, type SecretReference } from '../errors/config-error.ts'
import { EXIT } from '../errors/exit-code.ts'
import { knowError } from '../errors/known-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { instanceOf } from '../site/instance.ts'
import { openDatabase } from '../site/open-database.ts'
import type { SiteDatabase } from '../site/site-database.ts'
import type { Command, Invocation } from './command.ts'
import { sourcesOf } from './configuration.ts'
import { initHelp } from './init-help.ts'
import { reportInit } from './init-report.ts'
import { readPasswordOption } from './password-option.ts'

/** Writes the configuration file and prepares the database. */
export const initCommand: Command = {
  name: 'init',
  help: initHelp,
  arguments: [],
  options: {
    plan: { type: 'string' },
    node: { type: 'string' },
    database: { type: 'string' },
    only: { type: 'string', multiple: true },
    except: { type: 'string', multiple: true },
    address: { type: 'string' },
    send: { type: 'string' },
    receive: { type: 'string' },
    'password-env': { type: 'string' },
    'password-file': { type: 'string' },
    ca: { type: 'string' },
    servername: { type: 'string' },
    'subject-prefix': { type: 'string' },
    'message-size': { type: 'string' },
    window: { type: 'string' },
    'resend-after': { type: 'string' },
    spool: { type: 'string' },
    repair: { type: 'boolean' },
    moved: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  run: initialise,
}

/** Settings that a new file can't do without, in the order of the file. */
const REQUIRED = ['plan', 'node', 'database', 'address', 'send', 'receive'] as const

async function initialise(invocation: Invocation): Promise<typeof EXIT.ok> {
  const sources = withAllSettings(invocation)
  const present = loadFileAlone(sources)
  const isDryRun = invocation.options.isSet('dry-run')
  const config = present === undefined ? newConfig(sources) : checkAgainst(present, sources)
  const text = present === undefined ? fileText(invocation, sources) : undefined
  checkCertificates(config)
  const { env } = invocation.io
  await using database = await openDatabase(config, { env, isTrial: isDryRun })
  await checkPrepared(database, config, { isRepair: invocation.options.isSet('repair') })
  const preparation = isDryRun
    ? await database.prepare(config.plan, config.tables)
    : await writeAndPrepare(database, config, { path: resolve(sources.cwd, config.path), text })
  if (invocation.options.isSet('moved') && !isDryRun) await takeOver(database, config)
  reportInit(invocation, config, { preparation, isNew: present === undefined })
  return EXIT.ok
}

/** From now on exchanges are made here. */
async function takeOver(database: SiteDatabase, config: Config): Promise<void> {
  const instance = instanceOf(config)
  if (instance === undefined) return
  const store = await database.openStore(config.plan, config.rules)
  await store.transaction((transaction) => transaction.setInstance(instance))
}

/** The settings of the command line, with those that are more than one text. */
function withAllSettings(invocation: Invocation): ConfigSources {
  const { options } = invocation
  const settings = options.settings()
  const tables = readTables(invocation)
  if (tables.kind !== 'all') {
    const place = { kind: 'option', option: `--${tables.kind}` } as const
    const items = tables.tables.map((text) => ({ kind: 'text', text, place }) as const)
    const list = { kind: 'list', items, place } as const
    settings.set('tables', { kind: 'map', entries: new Map([[tables.kind, list]]), place })
  }
  const password = readPasswordOption(invocation, 'init')
  if (password !== undefined) settings.set('password', referenceSetting(password))
  return { ...sourcesOf(invocation), options: settings }
}

function readTables({ options }: Invocation): PlanContent {
  const only = options.texts('only')
  const except = options.texts('except')
  if (only.length > 0 && except.length > 0) throw excludeEachOther('--only', '--except')
  if (only.length > 0) return { kind: 'only', tables: only }
  return except.length > 0 ? { kind: 'except', tables: except } : { kind: 'all' }
}

function referenceSetting(reference: SecretReference): RawSetting {
  const place = { kind: 'option', option: `--password-${reference.kind}` } as const
  const text = reference.kind === 'env' ? reference.name : reference.path
  return { kind: 'map', entries: new Map([[reference.kind, { kind: 'text', text, place }]]), place }
}

function excludeEachOther(...options: readonly string[]): UsageError {
  return new UsageError({ kind: 'options-exclude-each-other', options }, { command: 'init' })
}

function newConfig(sources: ConfigSources): Config {
  const settings = sources.options ?? new Map<SettingName, RawSetting>()
  const missing = REQUIRED.filter((name) => !settings.has(name))
  if (missing.length > 0) {
    const options = missing.map(optionName)
    throw new UsageError({ kind: 'options-missing', options }, { command: 'init' })
  }
  return configWithoutFile({ ...sources, options: withPassword(settings), env: {} })
}

function withPassword(
  settings: ReadonlyMap<SettingName, RawSetting>,
): ReadonlyMap<SettingName, RawSetting> {
  if (settings.has('password')) return settings
  const reference = referenceSetting({ kind: 'env', name: DEFAULT_PASSWORD_VARIABLE })
  return new Map([...settings, ['password', reference]])
}

/** A file that is there stays as it is, so options that say something else would be forgotten at the next command. */
function checkAgainst(present: Config, sources: ConfigSources): Config {
  const wanted = loadConfig({ ...sources, env: {} })
  const parts: readonly (readonly [key: string, keyof Config])[] = [
    ['plan', 'plan'],
    ['database', 'database'],
    ['tables', 'tables'],
    ['address', 'address'],
    ['send', 'send'],
    ['receive', 'receive'],
    ['subjectPrefix', 'subjectPrefix'],
    ['messageSize', 'messageSizeOctets'],
    ['window', 'window'],
    ['resendAfter', 'resendAfterMs'],
    ['keepDeletions', 'keepDeletionsDays'],
    ['checkTables', 'checkEveryMs'],
    ['spool', 'spoolFolder'],
  ]
  const differing = parts
    .filter(([, part]) => !isDeepStrictEqual(present[part], wanted[part]))
    .map(([key]) => key)
  if (differing.length > 0) throw new ConfigDiffers(present.path, differing)
  return loadConfig(sources)
}

function fileText(invocation: Invocation, sources: ConfigSources): string {
  const texts = [...(sources.options ?? [])].flatMap(([name, setting]) =>
    setting.kind === 'text' ? [[name, setting.text] as const] : [],
  )
  return formatConfig(
    {
      path: configPath(sources),
      cwd: sources.cwd,
      texts: new Map(texts),
      tables: readTables(invocation),
      password: readPasswordOption(invocation, 'init') ?? {
        kind: 'env',
        name: DEFAULT_PASSWORD_VARIABLE,
      },
    },
    invocation.messages.config,
  )
}

/** Throws when a file of certificates is missing, which would otherwise show at the first exchange. */
function checkCertificates({ send, receive }: Config): void {
  for (const { caFile } of [send, receive]) {
    if (caFile !== undefined) readCertificates(caFile)
  }
}

/** Repairing registers every row of a table as changed: not something to happen by the way. */
async function checkPrepared(
  database: SiteDatabase,
  { plan, rules }: Config,
  { isRepair }: { readonly isRepair: boolean },
): Promise<void> {
  if (!isRepair && (await database.isPrepared())) await database.openStore(plan, rules)
}

/** The file first: it can be taken back, a commit can't. */
async function writeAndPrepare(
  database: SiteDatabase,
  config: Config,
  file: { readonly path: string; readonly text: string | undefined },
): Promise<Preparation> {
  if (file.text !== undefined) writeNewFile(file.path, file.text)
  try {
    return await database.prepare(config.plan, config.tables)
  } catch (error) {
    if (file.text !== undefined) rmSync(file.path, { force: true })
    throw error
  }
}

/** Leaves no file behind that holds a part: the next run would take it for a configuration. */
function writeNewFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, text)
  } catch (error) {
    rmSync(path, { force: true })
    throw knowError(error, path)
  } finally {
    closeSync(file)
  }
}
