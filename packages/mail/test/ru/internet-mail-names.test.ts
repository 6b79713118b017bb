import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as english from '../../src/internet-mail.ts'
import { readFilter } from '../../src/model/internet-mail/filter.ts'
import * as russian from '../../src/ru.ts'
import { FILTER_KEYS, PLATFORM_NAMES } from '../model/internet-mail-names.ts'

type Class = (new (...given: never) => object) & { readonly prototype: object }

function isClass(value: unknown): value is Class {
  return typeof value === 'function'
}

/** What a name is spelled like here: the platform does not tell cases apart. */
function spelled(subject: object, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (let holder: object | null = subject; holder !== null;) {
    const found = Object.getOwnPropertyNames(holder).find((own) => own.toLowerCase() === wanted)
    if (found !== undefined) return found
    holder = Reflect.getPrototypeOf(holder)
  }
  return undefined
}

function make(found: Class, name: string): object {
  if (name === 'InternetMailAddress') return new english.InternetMailAddress('a@example.org')
  if (name === 'BinaryData') return new english.BinaryData(new Uint8Array(1))
  const made: object = Reflect.construct(found, [])
  return made
}

describe('the mail objects of the platform', () => {
  for (const { ru, en, values = [], members = [] } of PLATFORM_NAMES) {
    it(`have ${en}, and as ${ru} the same with the same members`, () => {
      const name = spelled({ ...english }, en)
      assert.ok(name !== undefined, `${en} is missing`)
      const found: unknown = Reflect.get(english, name)
      assert.ok(isClass(found))
      assert.equal(Reflect.get(russian, ru), found, `${ru} is not ${en}`)
      for (const [alias, value] of values) {
        const own = spelled(found, value)
        assert.ok(own !== undefined, `${en}.${value} is missing`)
        assert.ok(Reflect.get(found, own) instanceof found)
        assert.equal(Reflect.get(found, alias), Reflect.get(found, own), `${ru}.${alias}`)
      }
      if (members.length === 0) return
      const instance = make(found, name)
      for (const [alias, member] of members) {
        const own = spelled(instance, member)
        assert.ok(own !== undefined, `${en}.${member} is missing`)
        assert.ok(alias in instance, `${ru}.${alias} is missing`)
        if (name !== 'InternetMail' || own === 'currentMailbox') {
          const [first, second] = [alias, own].map((key): unknown => Reflect.get(instance, key))
          assert.deepEqual(first, second, `${ru}.${alias} is not ${en}.${member}`)
        }
        if (!Object.hasOwn(instance, own)) continue
        const before: unknown = Reflect.get(instance, own)
        Reflect.set(instance, alias, 'set')
        assert.equal(Reflect.get(instance, own), 'set', `${ru}.${alias} sets another member`)
        Reflect.set(instance, own, before)
      }
    })
  }

  it('have methods that are the same functions in both languages', () => {
    const [type] = PLATFORM_NAMES
    for (const [ru, en] of type?.members ?? []) {
      const [alias, own] = [ru, spelled(english.InternetMail.prototype, en) ?? ''].map((name) =>
        Object.getOwnPropertyDescriptor(english.InternetMail.prototype, name),
      )
      assert.deepEqual(
        [alias?.value, alias?.get, alias?.set],
        [own?.value, own?.get, own?.set],
        `${ru} is not ${en}`,
      )
    }
  })

  it('have filters with the keys of the platform, in both languages', () => {
    for (const [ru, en] of FILTER_KEYS) {
      const [read = ''] = Object.keys(readFilter({ [ru]: 'wanted' }))
      assert.equal(read.toLowerCase(), en.toLowerCase(), ru)
    }
    assert.throws(
      () => readFilter(Object.fromEntries([['Темы', 'wanted']])),
      russian.ИсключениеНедопустимыйАргумент,
    )
  })
})
