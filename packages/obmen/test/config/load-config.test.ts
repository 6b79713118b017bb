import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { DEFAULT_PLAN_RULES } from '@obmen/exchange'

import type { Config } from '../../src/config/config.ts'
import { type ConfigSources, loadConfig } from '../../src/config/load-config.ts'
import { rawText } from '../../src/config/raw-setting.ts'
import { ConfigInvalid, ConfigNotFound } from '../../src/errors/config-error.ts'
import { TestSite } from '../test-site.ts'

const COMPLETE = `plan: УдаленныеСклады
node: 007
database: data/trade.db
address: exchange@example.org
send: smtps://exchange%40example.org@mail.example.org
receive: pop3s://exchange%40example.org@mail.example.org
password: { env: OBMEN_MAIL_PASSWORD }
`

function load(text: string | Uint8Array, sources: Partial<ConfigSources> = {}): Config {
  using site = new TestSite('')
  site.write('obmen.yaml', text)
  return loadConfig({ cwd: site.folder, env: {}, ...sources })
}

/** The complete file with one line replaced, or added at the end. */
function withLine(line: string): string {
  const [key = ''] = line.split(':')
  const lines = COMPLETE.trimEnd().split('\n')
  const index = lines.findIndex((present) => present.startsWith(`${key}:`))
  return `${(index === -1 ? [...lines, line] : lines.with(index, line)).join('\n')}\n`
}

function withoutLine(key: string): string {
  return COMPLETE.replace(new RegExp(`^${key}:.*\n`, 'm'), '')
}

describe('configuration', () => {
  it('that is a folder is told by its name', () => {
    using site = new TestSite('')

    assert.throws(() => loadConfig({ path: site.folder, cwd: '/', env: {} }), {
      code: 'FILE_UNUSABLE',
      message: `${site.folder} can't be used: it is a folder (EISDIR)`,
    })
  })

  it('needs seven lines, and has defaults for the rest', () => {
    const config = load(COMPLETE)

    assert.equal(config.plan.name, 'УдаленныеСклады')
    assert.deepEqual(config.tables, { kind: 'all' })
    assert.deepEqual(config.rules, DEFAULT_PLAN_RULES)
    assert.equal(config.subjectPrefix, 'СООБЩЕНИЕ_ОБМЕНА: ')
    assert.equal(config.messageSizeOctets, 10 * 1024 ** 2)
    assert.equal(config.window, 24)
    assert.equal(config.resendAfterMs, 86_400_000)
    assert.match(config.spoolFolder, /obmen-spool$/)
    assert.deepEqual(config.send.password, { kind: 'env', name: 'OBMEN_MAIL_PASSWORD' })
  })

  for (const code of ['007', 'no', '1e3', 'null', 'true', '0x1F']) {
    it(`takes ${code} for the code of a node as it stands there`, () => {
      assert.equal(load(withLine(`node: ${code}`)).plan.thisNode, code)
    })
  }

  it('keeps deletions for so many days as it says, in whole days', () => {
    const days = ['', 'keepDeletions: 30 days', 'keepDeletions: 36 часов'].map(
      (line) => load(withLine(line)).keepDeletionsDays,
    )

    assert.deepEqual(days, [400, 30, 2])
    assert.throws(() => load(withLine('keepDeletions: 1 hour')), ConfigInvalid)
  })

  it('takes relative paths from the folder of the file', () => {
    using site = new TestSite('')
    site.write('trade.yaml', COMPLETE)

    const config = loadConfig({ path: site.pathOf('trade.yaml'), cwd: '/', env: {} })

    assert.equal(config.database, site.pathOf('data/trade.db'))
    assert.equal(config.spoolFolder, site.pathOf('obmen-spool'))
  })

  it('is overridden by the environment, and that by the command line', () => {
    const options = new Map([
      ['window', rawText('7', { kind: 'option', option: '--window' })],
    ] as const)
    const env = { OBMEN_WINDOW: '5', OBMEN_MESSAGE_SIZE: '1 MB', OBMEN_NODE: '' }

    const config = load(COMPLETE, { env, options })

    assert.equal(config.window, 7)
    assert.equal(config.messageSizeOctets, 1024 ** 2)
    assert.equal(config.plan.thisNode, '007')
  })

  it('takes paths of the environment from the current folder', () => {
    using site = new TestSite('')
    site.write('trade.yaml', COMPLETE)

    const env = { OBMEN_CONFIG: site.pathOf('trade.yaml'), OBMEN_DATABASE: 'other.db' }

    assert.equal(loadConfig({ cwd: '/data', env }).database, '/data/other.db')
  })

  it('gives send and receive a password, a certificate and a name apart', () => {
    const config = load(
      `${withoutLine('send')}ca: ./ca.crt
send:
  url: smtp://relay%40example.org@relay.example.org
  password: { file: ./relay-secret }
  servername: smtp.example.org
`,
    )

    assert.equal(config.send.url.user, 'relay@example.org')
    assert.equal(config.send.password?.kind, 'file')
    assert.equal(config.send.servername, 'smtp.example.org')
    assert.match(config.send.caFile ?? '', /ca\.crt$/)
    assert.deepEqual(config.receive.password, { kind: 'env', name: 'OBMEN_MAIL_PASSWORD' })
    assert.equal(config.receive.servername, undefined)
  })

  it('names tables as they are, also awkward ones', () => {
    const config = load(withLine(String.raw`tables: { except: ["Order Details", "a\"b", no] }`))

    assert.deepEqual(config.tables, { kind: 'except', tables: ['Order Details', 'a"b', 'no'] })
  })

  it('needs no password where nobody logs in to send', () => {
    const text = withLine('send: smtp://relay.example.org:25?tls=none')

    assert.equal(load(text).send.password, undefined)
  })
})

describe('how often tables are compared', () => {
  it('is never, unless it is said', () => {
    const every = ['', 'checkTables: never', 'checkTables: 30 days'].map(
      (line) => load(withLine(line)).checkEveryMs,
    )

    assert.deepEqual(every, [undefined, undefined, 30 * 86_400_000])
    assert.throws(() => load(withLine('checkTables: 1 minute')), ConfigInvalid)
  })
})

describe('wrong configuration', () => {
  const WRONG = [
    {
      name: 'names the nearest setting for a misspelt one',
      text: withLine('mesageSize: 5 MB'),
      message: 'obmen.yaml:8: there is no setting "mesageSize"',
      hint: 'did you mean "messageSize"?',
    },
    {
      name: 'names the nearest setting for foreign keys',
      text: withLine('foreingKey: ignored'),
      message: 'obmen.yaml:8: there is no setting "foreingKey"',
      hint: 'did you mean "foreignKeys"?',
    },
    {
      name: 'names the nearest setting for what is kept of deletions',
      text: withLine('keepDeletion: 30 days'),
      message: 'obmen.yaml:8: there is no setting "keepDeletion"',
      hint: 'did you mean "keepDeletions"?',
    },
    {
      name: 'lists the settings for a word that is near to none',
      text: withLine('smtpServer: mail.example.org'),
      message: 'obmen.yaml:8: there is no setting "smtpServer"',
      hint: 'the settings are: plan, node, database, databasePassword, databaseCa, tables, rules, main, conflicts, strict, foreignKeys, address, send, receive, password, ca, servername, subjectPrefix, messageSize, window, resendAfter, keepDeletions, checkTables, spool',
    },
    {
      name: 'shows the line to add for a missing setting',
      text: withoutLine('plan'),
      message: 'obmen.yaml: setting "plan" is missing',
      hint: 'add the line: plan: УдаленныеСклады',
    },
    {
      name: 'misses the password where somebody logs in',
      text: withoutLine('password'),
      message: 'obmen.yaml:5: setting "password" is missing',
      hint: 'add the line: password: { env: OBMEN_MAIL_PASSWORD }',
    },
    {
      name: 'refuses a password in the file without showing it',
      text: withLine('password: tanstaaf'),
      message: 'obmen.yaml:7: setting "password" has another form',
      hint: 'write for example: password: { env: OBMEN_MAIL_PASSWORD }',
    },
    {
      name: 'refuses a password in an address without showing it',
      text: withLine('send: smtps://user:tanstaaf@mail.example.org'),
      message: 'obmen.yaml:5: send: a password must not stand in the address of a mail server',
      hint: 'take it out and refer to it: password: { env: OBMEN_MAIL_PASSWORD }, or { file: ./secret }',
    },
    {
      name: 'puts place and setting before what is wrong with a name',
      text: withLine('plan: Удаленные склады'),
      message: `obmen.yaml:1: plan: "Удаленные склады" can't be the name of an exchange plan`,
      hint: 'use 1 to 80 letters, digits and underscores, for example "УдаленныеСклады"',
    },
    {
      name: 'keeps a size within its bounds',
      text: withLine('messageSize: 5 KB'),
      message: 'obmen.yaml:8: messageSize: "5 KB" is not between 64 KB and 1 GB',
      hint: 'write for example: 64 KB',
    },
    {
      name: 'knows two ways to name tables',
      text: withLine('tables: { onyl: [Orders] }'),
      message: 'obmen.yaml:8: there is no setting "tables.onyl"',
      hint: 'did you mean "only"?',
    },
    {
      name: 'takes a list of tables only',
      text: withLine('tables: Orders'),
      message: 'obmen.yaml:8: setting "tables" has another form',
      hint: 'write for example: tables: { except: [Log] }',
    },
    {
      name: 'refuses a setting that occurs twice',
      text: `${COMPLETE}node: С01\n`,
      message: 'obmen.yaml:8: the file is not YAML: the setting occurs twice',
      hint: 'look at that line: one setting a line, "name: value", indented with blanks only',
    },
    {
      name: 'refuses a tab',
      text: withLine('\twindow: 5'),
      message: 'obmen.yaml:8: the file is not YAML: the line is indented with a tab',
      hint: 'look at that line: one setting a line, "name: value", indented with blanks only',
    },
    {
      name: 'refuses references',
      text: withLine('spool: *name'),
      message:
        'obmen.yaml:8: the file is not YAML: names must be plain words, and references (*) are not used',
      hint: 'look at that line: one setting a line, "name: value", indented with blanks only',
    },
    {
      name: 'refuses an empty file',
      text: '# nothing yet\n',
      message: 'obmen.yaml: the file holds no settings',
      hint: 'write one setting a line, such as: plan: УдаленныеСклады',
    },
    {
      name: 'refuses a file in the code page of an old Windows',
      text: Uint8Array.from([...Buffer.from('plan: '), 0xd1, 0xea, 0xeb, 0xe0, 0xe4, 0x0a]),
      message: 'obmen.yaml: the file is not written in UTF-8',
      hint: 'save the file as UTF-8; editors offer that when saving',
    },
  ] as const
  for (const { name, text, message, hint } of WRONG) {
    it(name, () => {
      assert.throws(() => load(text), {
        name: ConfigInvalid.name,
        code: 'CONFIG_INVALID',
        message,
        hint,
      })
    })
  }

  it('names the variable that is wrong', () => {
    assert.throws(() => load(COMPLETE, { env: { OBMEN_WINDOW: 'many' } }), {
      message: 'OBMEN_WINDOW: window: "many" is no whole number',
    })
  })

  it('says which file it looked for', () => {
    using site = new TestSite('')

    assert.throws(() => loadConfig({ cwd: site.folder, env: {} }), {
      name: ConfigNotFound.name,
      code: 'CONFIG_NOT_FOUND',
      message: 'there is no configuration file obmen.yaml',
    })
  })
})
