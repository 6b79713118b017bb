import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'
import { TlsFailed } from '@obmen/mail/errors'

import {
  DeliveryRefused,
  NodeCodeInvalid,
  NodeRunsTwice,
  type RuleFault,
  RuleInvalid,
  SchemaMismatch,
  StoreMoved,
} from '@obmen/exchange/errors'

import { ConfigInvalid, type ConfigProblem } from '../../src/errors/config-error.ts'
import { UsageError, type UsageProblem } from '../../src/errors/usage-error.ts'
import { MailUrlInvalid, type MailUrlProblem } from '../../src/errors/value-error.ts'
import { en } from '../../src/locale/en.ts'
import { ru } from '../../src/locale/ru.ts'
import { EVERY_ERROR } from '../errors/every-error.ts'

const USAGE_PROBLEMS: { readonly [Kind in UsageProblem['kind']]: UsageProblem } = {
  'command-missing': { kind: 'command-missing', known: ['init'] },
  'command-unknown': { kind: 'command-unknown', word: 'x', nearest: undefined, known: ['init'] },
  'option-unknown': { kind: 'option-unknown', option: '--x', nearest: '--json' },
  'option-without-value': { kind: 'option-without-value', option: '--plan' },
  'option-with-value': { kind: 'option-with-value', option: '--json' },
  'option-value-unknown': {
    kind: 'option-value-unknown',
    option: '--lang',
    value: 'de',
    known: ['en', 'ru'],
  },
  'options-missing': { kind: 'options-missing', options: ['--plan'] },
  'options-exclude-each-other': {
    kind: 'options-exclude-each-other',
    options: ['--only', '--except'],
  },
  'argument-missing': { kind: 'argument-missing', argument: 'NODE' },
  'argument-unexpected': { kind: 'argument-unexpected', argument: 'x' },
  'not-an-assignment': { kind: 'not-an-assignment', word: 'x' },
}

const CONFIG_PROBLEMS: { readonly [Kind in ConfigProblem['kind']]: ConfigProblem } = {
  'not-utf8': { kind: 'not-utf8' },
  'not-yaml': { kind: 'not-yaml', yamlCode: 'BAD_INDENT', words: '' },
  'not-settings': { kind: 'not-settings' },
  'key-unknown': { kind: 'key-unknown', key: 'sned', nearest: 'send', known: ['send'] },
  'key-missing': { kind: 'key-missing', key: 'plan', example: 'plan: УдаленныеСклады' },
  shape: { kind: 'shape', key: 'tables', example: 'tables: all' },
  value: { kind: 'value', key: 'node', fault: new NodeCodeInvalid('a b') },
}

const URL_PROBLEMS: { readonly [Kind in MailUrlProblem['kind']]: MailUrlProblem } = {
  malformed: { kind: 'malformed' },
  protocol: { kind: 'protocol', protocol: 'https' },
  password: { kind: 'password' },
  'user-missing': { kind: 'user-missing' },
  rest: { kind: 'rest', rest: '/INBOX' },
  parameter: { kind: 'parameter', parameter: 'tls=maybe' },
  'tls-contradiction': { kind: 'tls-contradiction', protocol: 'smtps' },
}

const RULE_FAULTS: { readonly [Kind in RuleFault['kind']]: RuleFault & { kind: Kind } } = {
  'table-unknown': { kind: 'table-unknown', known: ['Orders'] },
  'column-unknown': { kind: 'column-unknown', column: 'shelf', known: ['id'] },
  'column-in-key': { kind: 'column-in-key', column: 'id' },
  'condition-empty': { kind: 'condition-empty' },
  'bracket-open': { kind: 'bracket-open' },
  'bracket-unopened': { kind: 'bracket-unopened' },
  'token-out-of-place': { kind: 'token-out-of-place', token: ';' },
  refused: {
    kind: 'refused',
    database: 'SQLite',
    words: 'no such column: shelf',
    columns: ['id'],
  },
  'main-missing': { kind: 'main-missing' },
  'key-not-one-integer': { kind: 'key-not-one-integer' },
  'key-not-autoincrement': { kind: 'key-not-autoincrement', column: '"id"' },
  'key-without-sequence': { kind: 'key-without-sequence', column: 'id' },
  'sequence-not-by-one': { kind: 'sequence-not-by-one', sequence: 'orders_id_seq' },
  'block-too-large': { kind: 'block-too-large', size: 100_000, column: 'id', limit: 32_767 },
}

const ALL = [
  ...Object.values(EVERY_ERROR),
  ...Object.values(USAGE_PROBLEMS).map((problem) => new UsageError(problem)),
  ...Object.values(CONFIG_PROBLEMS).map((problem) => {
    return new ConfigInvalid({ kind: 'environment', name: 'OBMEN_NODE' }, problem)
  }),
  ...Object.values(URL_PROBLEMS).map(
    (problem) => new MailUrlInvalid(problem, ['smtps://user@host']),
  ),
]

describe('error in words', () => {
  for (const error of ALL) {
    const kind =
      'problem' in error && typeof error.problem === 'object' ? ` (${error.problem.kind})` : ''

    it(`${error.code}${kind} is told in Russian, with what to do`, () => {
      const { message, hint } = ru.errorText(error)

      assert.match(message, /[а-я]{2}/)
      assert.doesNotMatch(message, /undefined|\[object/)
      assert.ok(hint !== undefined && hint !== '' && !/undefined|\[object/.test(hint))
    })

    it(`${error.code}${kind} is told in English, with what to do`, () => {
      const { message, hint } = en.errorText(error)

      assert.equal(message, error.message)
      assert.doesNotMatch(hint ?? '', /undefined|\[object/)
    })
  }

  it('has Russian words for everything that may be wrong with a rule', () => {
    for (const fault of Object.values(RULE_FAULTS)) {
      const { message } = ru.errorText(new RuleInvalid('Orders', fault))

      assert.match(message, /^правило таблицы «Orders» нельзя исполнить: .*[а-я]{3}/)
      assert.doesNotMatch(message, /undefined|\[object/)
    }
  })

  it('says in Russian what to do about a full mailbox', () => {
    const refused = new DeliveryRefused('m.zst', '552 5.2.2 full', { reason: 'mailbox-full' })

    assert.equal(ru.errorText(refused).hint, 'ящик полон: удалите письма или увеличьте его')
  })

  it('keeps the words of the server in Russian', () => {
    assert.match(ru.errorText(EVERY_ERROR.DELIVERY_REFUSED).message, /: 552 5\.3\.4 too large$/)
    assert.match(ru.errorText(EVERY_ERROR.SMTP_REPLY_REJECTED).message, /554 go away/)
    assert.match(ru.errorText(EVERY_ERROR.AUTHENTICATION_FAILED).message, /535 5\.7\.8 no/)
  })

  it('says in Russian on which machine a database was and is', () => {
    const places = [
      '/a on b/trade.db on machine 3d1219c7',
      '/a/trade.db on this machine',
      'elsewhere',
    ]
    const told = places.map((place) => ru.errorText(new StoreMoved(place, 'D:/a.db on OFFICE')))

    assert.deepEqual(
      told.map(({ message }) => message),
      [
        'до сих пор обмен вела база «/a on b/trade.db» на компьютере 3d1219c7, а это «D:/a.db» на компьютере OFFICE',
        'до сих пор обмен вела база «/a/trade.db» на этом компьютере, а это «D:/a.db» на компьютере OFFICE',
        'до сих пор обмен вела база «elsewhere», а это «D:/a.db» на компьютере OFFICE',
      ],
    )
  })

  it('sends the administrator to the other site when the exchange has begun anew here already', () => {
    const here = { twice: 'here', since: 0 } as const
    const error = new NodeRunsTwice(parseNodeCode('ЦБ'), { ...here, isChosen: true })

    assert.match(en.errorText(error).hint ?? '', /run at ЦБ too: obmen node restart/)
    assert.match(ru.errorText(error).hint ?? '', /и на узле ЦБ: obmen node restart/)
  })

  it('names every difference of two schemas, in the language of the reader', () => {
    const error = SchemaMismatch.ofAll([
      { table: 'goods', what: { kind: 'missing', columns: ['shelf', 'row'] } },
      { table: 'goods', what: { kind: 'column', column: 'price', here: 'text', there: 'numeric' } },
      { table: 'stock', what: { kind: 'key', here: ['id'], there: ['place', 'id'] } },
      { table: 'log', what: { kind: 'not-in-plan' } },
    ])
    assert.ok(error !== undefined)

    const { message, hint } = ru.errorText(error)

    assert.equal(
      message,
      'таблица «goods» на двух сторонах разная: у отправителя есть «shelf», «row», а здесь нет, столбец «price» здесь text, у отправителя numeric; ' +
        'таблица «stock» на двух сторонах разная: первичный ключ здесь (id), у отправителя (place, id); ' +
        'таблица «log» на двух сторонах разная: здесь она не участвует в обмене',
    )
    assert.match(hint ?? '', /сделайте таблицы одинаковыми/)
    assert.match(
      en.errorText(error).message,
      /column "price" is text here and numeric at the sender/,
    )
  })

  it('names each difference once, and what columns of both kinds of databases go together', () => {
    const what = { kind: 'column', column: 'price', here: 'numeric', there: 'decimal' } as const
    const error = SchemaMismatch.ofAll([
      { table: 'goods', what },
      { table: 'goods', what: { ...what } },
    ])
    assert.ok(error !== undefined)

    assert.equal(error.differences.length, 1)
    assert.match(
      en.errorText(error).hint ?? '',
      /decimal is numeric .* TEXT of SQLite; numeric\(15,2\)/,
    )
    assert.match(
      ru.errorText(error).hint ?? '',
      /decimal — это numeric .* TEXT в SQLite; numeric\(15,2\)/,
    )
  })

  it('speaks of settings, not of the parameters of a library', () => {
    const hint = en.errorText(EVERY_ERROR.TLS_FAILED).hint

    assert.equal(hint, 'write the name in the certificate as the host, or in "servername"')
  })

  it('names the options of the command that has them for the same', () => {
    for (const check of ['self-signed', 'unknown-issuer', 'wrong-host'] as const) {
      const error = new TlsFailed({ check, host: 'mail.example.org', port: 465 })
      for (const { hint } of [en.errorText(error, 'send'), ru.errorText(error, 'send')]) {
        assert.match(hint ?? '', check === 'wrong-host' ? /: --servername / : /: --ca /)
      }
      assert.doesNotMatch(`${en.errorText(error, 'exchange').hint}`, /--/)
    }
  })

  it('of a value in the configuration says place, setting and what is wrong', () => {
    const error = new ConfigInvalid(
      { kind: 'file', path: 'obmen.yaml', line: 2 },
      CONFIG_PROBLEMS.value,
    )

    assert.equal(ru.errorText(error).message, 'obmen.yaml:2: node: «a b» не может быть кодом узла')
  })
})
