import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { chooseLanguage } from '../../src/locale/language.ts'
import { en } from '../../src/locale/en.ts'
import { ru } from '../../src/locale/ru.ts'

describe('language', () => {
  const CHOICES = [
    { name: 'is Russian in a Russian locale', env: { LANG: 'ru_RU.UTF-8' }, language: 'ru' },
    { name: 'is English in any other', env: { LANG: 'de_DE.UTF-8' }, language: 'en' },
    {
      name: 'follows LC_ALL before LC_MESSAGES before LANG',
      env: { LC_ALL: 'ru_RU', LC_MESSAGES: 'en_GB', LANG: 'en_GB' },
      language: 'ru',
    },
    {
      name: 'ignores a variable that is empty',
      env: { LC_ALL: '', LC_MESSAGES: 'ru', LANG: 'en_GB' },
      language: 'ru',
    },
    { name: 'is English where programs speak C', env: { LANG: 'C.UTF-8' }, language: 'en' },
    {
      name: 'is not Russian because of a similar beginning',
      env: { LANG: 'rup_MK' },
      language: 'en',
    },
  ] as const
  for (const { name, env, language } of CHOICES) {
    it(name, () => {
      assert.equal(chooseLanguage(env, 'en-US'), language)
    })
  }

  it('is that of the system where the environment says nothing', () => {
    assert.equal(chooseLanguage({}, 'ru-RU'), 'ru')
    assert.equal(chooseLanguage({}, 'en-US'), 'en')
  })
})

describe('numbers in words', () => {
  it('have the forms of Russian', () => {
    const texts = [1, 2, 5, 11, 21, 22, 112].map((count) => ru.format.rows(count))

    assert.deepEqual(texts, [
      '1 строка',
      '2 строки',
      '5 строк',
      '11 строк',
      '21 строка',
      '22 строки',
      '112 строк',
    ])
  })

  it('have the forms of English', () => {
    assert.equal(en.format.messages(1), '1 message')
    assert.equal(en.format.messages(1200), '1,200 messages')
  })

  it('tell sizes as people do', () => {
    assert.equal(en.format.size(900), '900 B')
    assert.equal(en.format.size(1536), '1.5 KB')
    assert.equal(ru.format.size(12_582_912), '12 МБ')
  })
})
