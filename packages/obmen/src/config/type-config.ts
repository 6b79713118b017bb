import { dirname, resolve } from 'node:path'

import {
  DEFAULT_KEEP_DELETIONS_DAYS,
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  parseNodeCode,
  parsePlanName,
  SUBJECT_PREFIX,
} from '@obmen/exchange'
import type { PlanContent } from '@obmen/exchange/sqlite'
import { MailboxAddress } from '@obmen/mail/mime'

import { ValueInvalid } from '../errors/value-error.ts'
import { type Config, SETTING_NAMES } from './config.ts'
import { readDatabase } from './database-setting.ts'
import { readMailServer } from './mail-server-setting.ts'
import { readPlanRules } from './plan-rules-setting.ts'
import type { RawSetting } from './raw-setting.ts'
import { checkNames, readValue, Settings, wrongShape } from './settings.ts'
import { type Bounds, parseCount, parseDuration, parseSize } from './units.ts'

const DAY_MS = 86_400_000

/** Below it the header and the letter around a message weigh more than its rows; beyond it no mailbox takes a letter. */
const MESSAGE_SIZE: Bounds = { lowest: 64 * 1024, highest: 1024 ** 3 }

/** A receiver remembers the last 200 messages by their uuid, and all that are in flight must be among them. */
const WINDOW: Bounds = { lowest: 1, highest: 150, usual: DEFAULT_SENDING_RULES.window }

/** A letter may well take minutes; and a year is as good as never. */
const RESEND_AFTER: Bounds = { lowest: 10 * 60_000, highest: 366 * DAY_MS }

/** Shorter than a day says nothing, because days with an exchange are counted; and a century is as good as for ever. */
const KEEP_DELETIONS: Bounds = { lowest: DAY_MS, highest: 36_500 * DAY_MS }

/** More often than once an hour a table is hardly changed by anything but exchanges. */
const CHECK_TABLES: Bounds = { lowest: 3_600_000, highest: 3660 * 86_400_000 }

const NEVER = 'never'

/** The folder for messages on their way, beside the configuration file. */
const DEFAULT_SPOOL = 'obmen-spool'

/** Makes what was written into what is meant. `cwd` is what paths from outside the file are relative to. Throws {@link ConfigInvalid}. */
export function typeConfig(
  raw: ReadonlyMap<string, RawSetting>,
  { path, cwd }: { readonly path: string; readonly cwd: string },
): Config {
  checkNames(raw, SETTING_NAMES)
  const settings = new Settings(raw, { path, cwd })
  const plan = settings.read('plan', parsePlanName)
  const thisNode = settings.read('node', parseNodeCode)
  const spool = settings.find('spool')
  return {
    path,
    plan: { name: plan, thisNode },
    ...readDatabase(settings),
    tables: readTables(settings.find('tables')),
    rules: readPlanRules(settings),
    address: settings.read('address', (text) => MailboxAddress.parse(text)),
    send: readMailServer(settings, 'send'),
    receive: readMailServer(settings, 'receive'),
    subjectPrefix: settings.readOr('subjectPrefix', SUBJECT_PREFIX, readPrefix),
    messageSizeOctets: settings.readOr('messageSize', DEFAULT_MESSAGE_SIZE_OCTETS, (text) =>
      parseSize(text, MESSAGE_SIZE),
    ),
    window: settings.readOr('window', DEFAULT_SENDING_RULES.window, (text) =>
      parseCount(text, WINDOW),
    ),
    resendAfterMs: settings.readOr('resendAfter', DEFAULT_SENDING_RULES.resendAfterMs, (text) =>
      parseDuration(text, RESEND_AFTER),
    ),
    keepDeletionsDays: settings.readOr('keepDeletions', DEFAULT_KEEP_DELETIONS_DAYS, (text) =>
      Math.ceil(parseDuration(text, KEEP_DELETIONS) / DAY_MS),
    ),
    checkEveryMs: settings.readOr('checkTables', undefined, (text) =>
      text.trim() === NEVER ? undefined : parseDuration(text, CHECK_TABLES),
    ),
    spoolFolder:
      spool === undefined
        ? resolve(cwd, dirname(path), DEFAULT_SPOOL)
        : settings.readPath(spool, 'spool'),
  }
}

/** A prefix stands in a subject: it is not empty, and has no control characters. */
function readPrefix(text: string): string {
  if (text.trim() !== '' && !/\p{Cc}/u.test(text)) return text.normalize('NFC')
  throw new ValueInvalid({ text, expected: 'text', example: '"СООБЩЕНИЕ_ОБМЕНА: "' })
}

function readTables(setting: RawSetting | undefined): PlanContent {
  if (setting === undefined) return { kind: 'all' }
  if (setting.kind === 'text' && setting.text === 'all') return { kind: 'all' }
  if (setting.kind !== 'map') throw wrongShape(setting, 'tables')
  checkNames(setting.entries, ['only', 'except'], 'tables.')
  const [entry, another] = setting.entries
  if (entry === undefined || another !== undefined) throw wrongShape(setting, 'tables')
  const [kind, list] = entry
  if (list.kind !== 'list') throw wrongShape(list, `tables.${kind}`)
  const tables = list.items.map((item) => readValue(item, `tables.${kind}`, (text) => text))
  return { kind: kind === 'only' ? 'only' : 'except', tables }
}
