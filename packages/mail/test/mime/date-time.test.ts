import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatDateTime, parseDateTime } from '../../src/mime/date-time.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'

describe('Date and time', () => {
  for (const { text, iso } of [
    { text: 'Fri, 21 Nov 1997 09:55:06 -0600', iso: '1997-11-21T15:55:06.000Z' },
    { text: '1 Jul 2003 10:52:37 +0200', iso: '2003-07-01T08:52:37.000Z' },
    {
      text: 'Thu,\t13\tFeb\t1969\t23:32\t-0330 (Newfoundland Time)',
      iso: '1969-02-14T03:02:00.000Z',
    },
    { text: '21 Nov 97 09:55:06 GMT', iso: '1997-11-21T09:55:06.000Z' },
    {
      text: 'Fri, 21 Nov 1997 09(comment (nested)):   55  :  06 -0600',
      iso: '1997-11-21T15:55:06.000Z',
    },
    { text: '01 Jan 49 00:00 UT', iso: '2049-01-01T00:00:00.000Z' },
    { text: '01 Jan 50 00:00 UT', iso: '1950-01-01T00:00:00.000Z' },
    { text: '01 Jan 103 00:00:00 +0000', iso: '2003-01-01T00:00:00.000Z' },
    { text: 'Mon, 22 Nov 2026 04:33:00 EST', iso: '2026-11-22T09:33:00.000Z' },
    { text: '22 nov 2026 04:33:00 Z', iso: '2026-11-22T04:33:00.000Z' },
    { text: '22 Nov 2026 04:33:00 -0000', iso: '2026-11-22T04:33:00.000Z' },
    { text: '22-Nov-2026 04:33:00', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sunday, 22 November 2026 04:33:00 GMT', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun, 22 Nov 2026 07:33:00 GMT+3', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun, 22 Nov 2026 07:33:00 UTC+0300', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun, 22 Nov 2026 01:03:00 GMT-03:30', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun, 22 Nov 2026 07:33:00 +03:00', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun Nov 22 04:33:00 2026', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun Nov  1 04:33:00 2026', iso: '2026-11-01T04:33:00.000Z' },
    { text: 'Sun Nov 22 07:33:00 GMT+3 2026', iso: '2026-11-22T04:33:00.000Z' },
    { text: 'Sun Nov 22 04:33:00 EST 2026', iso: '2026-11-22T09:33:00.000Z' },
    { text: 'Sun Nov 22 07:33:00 +0300 2026', iso: '2026-11-22T04:33:00.000Z' },
    { text: '31 Dec 2016 23:59:60 +0000', iso: '2017-01-01T00:00:00.000Z' },
    { text: '29 Feb 2024 00:00:00 +0000', iso: '2024-02-29T00:00:00.000Z' },
  ]) {
    it(`M15 of "${text}" is ${iso}`, () => {
      assert.equal(parseDateTime(text)?.toISOString(), iso)
    })
  }

  for (const text of [
    '',
    'yesterday',
    '31 Feb 2026 00:00:00 +0000',
    '1 Foo 2026 00:00 GMT',
    '1 Jan 2026 24:00:00 GMT',
    '1 Jan 2026 00:60 GMT',
    '0 Jan 2026 00:00 GMT',
    '2026-11-22T04:33:00Z',
    'Mon, 1 Jan 1601 00:00:00 +0000',
    'Mon, 1 Jan 0001 00:00:00 +0000',
    '1 Jan 1900 00:00 +0100',
    'Fri, 31 Dec 9999 23:59:59 -0800',
    `${'('.repeat(100_000)}1 Jan 2026 00:00`,
  ]) {
    it(`M15 is none of "${text.slice(0, 40)}"`, () => {
      assert.equal(parseDateTime(text), undefined)
    })
  }

  it('is written as RFC 5322 §3.3 says, in any zone', () => {
    const date = new Date('2026-11-22T04:33:05Z')

    assert.equal(formatDateTime(date), 'Sun, 22 Nov 2026 04:33:05 +0000')
    assert.equal(formatDateTime(date, 180), 'Sun, 22 Nov 2026 07:33:05 +0300')
    assert.equal(formatDateTime(date, -330), 'Sat, 21 Nov 2026 23:03:05 -0530')
  })

  it('reads back what was written', () => {
    const seconds = fc.integer({ min: Date.UTC(1900, 1) / 1000, max: Date.UTC(9999, 10) / 1000 })
    fc.assert(
      fc.property(seconds, fc.integer({ min: -720, max: 840 }), (second, offset) => {
        const date = new Date(second * 1000)

        assert.deepEqual(parseDateTime(formatDateTime(date, offset)), date)
      }),
    )
  })

  it('is not written when it is none', () => {
    assert.throws(() => formatDateTime(new Date(Number.NaN)), HeaderInvalid)
    assert.throws(() => formatDateTime(new Date('+010000-01-01T00:00:00Z')), HeaderInvalid)
    assert.throws(() => formatDateTime(new Date(0), 0.5), HeaderInvalid)
    assert.throws(() => formatDateTime(new Date(0), 6000), HeaderInvalid)
  })
})
