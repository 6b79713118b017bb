import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as english from '../../src/index.ts'
import * as internetMail from '../../src/internet-mail.ts'
import * as russian from '../../src/ru.ts'
import { NAMES } from '../model/names.ts'
import { RECEIVING_NAMES } from '../model/receiving-names.ts'

/** The members that are the objects' own, and not their class's: these are passed on. */
const OWN_MEMBERS = new Set(['authentication', 'allowStartTls', 'secureParameters', 'cause'])

function descriptorOf(subject: object, name: string): PropertyDescriptor | undefined {
  for (let holder: object | null = subject; holder !== null;) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name)
    if (descriptor !== undefined) return descriptor
    holder = Reflect.getPrototypeOf(holder)
  }
  return undefined
}

function assertSame(subject: object, [ru, en]: readonly [ru: string, en: string]): void {
  const alias = descriptorOf(subject, ru)
  assert.ok(alias !== undefined, `${ru} is missing`)
  if (OWN_MEMBERS.has(en)) return
  const original = descriptorOf(subject, en)
  assert.ok(original !== undefined, `${en} is missing`)
  for (const key of ['value', 'get', 'set'] as const) {
    assert.equal(alias[key], original[key], `${ru} is not ${en}`)
  }
}

describe('the object model', () => {
  for (const { ru, en, statics = [], members = [] } of [...NAMES, ...RECEIVING_NAMES]) {
    it(`has ${en}, and as ${ru} the same with the same members`, () => {
      const original: unknown = Reflect.get(english, en)
      const alias: unknown = Reflect.get(russian, ru)

      assert.ok(typeof original === 'function', `${en} is missing`)
      assert.equal(alias, original)
      assert.equal(original.name, en)
      for (const names of statics) assertSame(original, names)
      const prototype: unknown = original.prototype
      assert.ok(typeof prototype === 'object' && prototype !== null)
      for (const names of members) assertSame(prototype, names)
    })
  }

  it('has one SmtpClient, frozen, and as КлиентSmtp the same with the same function', () => {
    assert.equal(russian.КлиентSmtp, english.SmtpClient)
    assert.equal(russian.КлиентSmtp.Отправить, english.SmtpClient.send)
    assert.equal(Object.isFrozen(english.SmtpClient), true)
  })

  it('has a Russian name for every class that is public, and no other', () => {
    const names = new Map<unknown, string>(Object.entries(russian).map(([ru, it]) => [it, ru]))

    assert.deepEqual(
      Object.values({ ...english, ...internetMail }).filter((value) => !names.has(value)),
      [],
    )
    const count = Object.keys(english).length + Object.keys(internetMail).length
    assert.equal(new Set(Object.values(russian)).size, count)
  })

  it('shows no Russian name when an object is listed', () => {
    const email = new english.Email('a@example.org')
    const listed: string[] = []
    for (const name in email) listed.push(name)

    assert.deepEqual(listed, [])
  })

  it('passes on what an object has of its own, in both directions', () => {
    const parameters = new russian.ПараметрыПодключенияSmtp('mail.example.org')
    parameters.РазрешитьStartTls = false
    const cause = new Error('no')
    const exception = new russian.ИсключениеНедопустимоеСостояние('нельзя', cause)

    assert.equal(parameters.allowStartTls, false)
    assert.equal(exception.Причина, cause)
  })
})
