import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Canonicalization } from '../../src/dkim/canonical-body.ts'
import { canonicalField, readFields, selectFields } from '../../src/dkim/header-fields.ts'
import { latin, octets } from '../mime/cut.ts'

function canonical(kind: Canonicalization, header: string): string {
  return readFields(octets(header))
    .map((field) => latin(canonicalField(kind, field)))
    .join('')
}

describe('A canonical field', () => {
  const example = 'A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n'

  it('is the example of RFC 6376 §3.4.5 in the relaxed form', () => {
    assert.equal(canonical('relaxed', example), 'a:X\r\nb:Y Z\r\n')
  })

  it('is the example of RFC 6376 §3.4.5 in the simple form', () => {
    assert.equal(canonical('simple', example), 'A: X\r\nB : Y\t\r\n\tZ  \r\n')
  })

  it('may have a value of blanks alone', () => {
    assert.equal(canonical('relaxed', 'Subject: \t\r\n \r\n'), 'subject:\r\n')
  })

  it('keeps octets beyond ASCII, and colons in the value', () => {
    const value = latin(octets('Заказы: С01'))

    assert.equal(canonical('relaxed', 'Subject:   Заказы:  С01\r\n'), `subject:${value}\r\n`)
  })
})

describe('The fields of a header section', () => {
  it('leave out what has no name', () => {
    const fields = readFields(octets('no colon\r\nFrom: a@b.c\r\n: nameless\r\nTo: d@e.f\r\n\r\n'))

    assert.deepEqual(
      fields.map(({ name }) => name),
      ['from', 'to'],
    )
  })

  it('are selected from the last to the first of each name (RFC 6376 §5.4.2)', () => {
    const fields = readFields(octets('A: 1\r\nB: 2\r\nA: 3\r\n'))
    const selected = selectFields(fields, ['a', 'c', 'a', 'b', 'a'])

    assert.deepEqual(
      selected.map((field) => latin(field.octets)),
      ['A: 3\r\n', 'A: 1\r\n', 'B: 2\r\n'],
    )
  })
})
