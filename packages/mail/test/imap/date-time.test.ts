import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import * as dates from '../../src/imap/date-time.ts'

const { formatDate, formatDateTime } = dates
const parseDateTime = (text: string): Date | undefined => dates.parseDateTime(octetsOf(text))

describe('Dates of IMAP', () => {
  it('are read with their zone, and written in UTC', () => {
    const date = parseDateTime(' 7-Feb-2026 04:33:09 +0330')

    assert.equal(date?.toISOString(), '2026-02-07T01:03:09.000Z')
    assert.equal(formatDateTime(date ?? new Date(0)), ' 7-Feb-2026 01:03:09 +0000')
    assert.equal(formatDate(date ?? new Date(0)), '7-Feb-2026')
  })

  it('are read across the end of a year, and with a leap second', () => {
    assert.equal(
      parseDateTime('31-dec-2025 23:59:60 -0100')?.toISOString(),
      '2026-01-01T01:00:00.000Z',
    )
  })

  it('have a day of one digit or two, with a space before it or none', () => {
    for (const day of [' 7', '7', '07', ' 07']) {
      assert.equal(
        parseDateTime(`${day}-Feb-2026 04:33:09 +0000`)?.toISOString(),
        '2026-02-07T04:33:09.000Z',
      )
    }
  })

  it('are none when the calendar or the clock has no such', () => {
    for (const text of [
      '31-Feb-2026 04:33:00 +0000',
      '29-Feb-2026 04:33:00 +0000',
      ' 0-Feb-2026 04:33:00 +0000',
      '32-Jan-2026 04:33:00 +0000',
      ' 7-Fev-2026 04:33:00 +0000',
      ' 7-Feb-2026 24:00:00 +0000',
      ' 7-Feb-2026 04:60:00 +0000',
      ' 7-Feb-2026 04:33:61 +0000',
      ' 7-Feb-2026 04:3x:00 +0000',
      ' 7-Feb-2x26 04:33:00 +0000',
      ' 7-Feb-2026 04:33:00 *0000',
      ' 7-Feb-2026 04:33:00 +00x0',
      ' 7-Feb-2026 04:33:00 +000',
      ' 7-Feb-2026 04:33:00 +00000',
      ' 7-Feb-2026T04:33:00 +0000',
      '107-Feb-2026 04:33:00 +0000',
      '-Feb-2026 04:33:00 +0000',
      ' -Feb-2026 04:33:00 +0000',
      '  7-Feb-2026 04:33:00 +0000',
      '',
    ]) {
      assert.equal(parseDateTime(text), undefined, text)
    }
    assert.ok(parseDateTime('29-Feb-2028 04:33:00 +0000'))
  })
})
