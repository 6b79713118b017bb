import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import {
  formatDuration,
  formatSize,
  parseCount,
  parseDuration,
  parseSize,
} from '../../src/config/units.ts'
import { ValueInvalid } from '../../src/errors/value-error.ts'

const ANY = { lowest: 0, highest: Number.MAX_SAFE_INTEGER }

describe('units of the configuration', () => {
  const SIZES = [
    ['10 MB', 10 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    ['0,5 МБ', 512 * 1024],
    ['500кб', 500 * 1024],
    ['20000 octets', 20_000],
  ] as const
  for (const [text, octets] of SIZES) {
    it(`reads the size ${text}`, () => {
      assert.equal(parseSize(text, ANY), octets)
    })
  }

  const DURATIONS = [
    ['1 day', 86_400_000],
    ['12 hours', 12 * 3_600_000],
    ['30 минут', 30 * 60_000],
    ['2 дня', 2 * 86_400_000],
    ['1.5 h', 90 * 60_000],
  ] as const
  for (const [text, ms] of DURATIONS) {
    it(`reads the duration ${text}`, () => {
      assert.equal(parseDuration(text, ANY), ms)
    })
  }

  for (const text of ['', '10', 'MB', '-1 MB', '1e3 MB', '10 days MB', '10 кг', '0x10 MB']) {
    it(`does not take "${text}" for a size`, () => {
      assert.throws(() => parseSize(text, ANY), {
        name: ValueInvalid.name,
        code: 'VALUE_INVALID',
        message: `${JSON.stringify(text)} can't be a size`,
        hint: 'write for example: 10 MB',
      })
    })
  }

  it('does not take a number with a sign or a fraction for a count', () => {
    for (const text of ['-1', '1.5', '', 'ten', '1e3']) {
      assert.throws(() => parseCount(text, ANY), { code: 'VALUE_INVALID' })
    }
    assert.equal(parseCount('24', ANY), 24)
  })

  it('names the bounds in readable units', () => {
    assert.throws(() => parseSize('1 KB', { lowest: 65_536, highest: 1024 ** 3 }), {
      message: '"1 KB" is not between 64 KB and 1 GB',
      hint: 'write for example: 64 KB',
    })
    assert.throws(() => parseDuration('1 min', { lowest: 600_000, highest: 86_400_000 }), {
      message: '"1 min" is not between 10 minutes and 1 day',
    })
  })

  it('reads back every size and duration that it writes', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (number) => {
        assert.equal(parseSize(formatSize(number), ANY), number)
        const ms = (number % 1_000_000) * 60_000
        assert.equal(parseDuration(formatDuration(ms), ANY), ms)
      }),
    )
  })
})
