import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { parseScanListing, parseUniqueIdListing } from '../../src/pop3/listing.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'

function sizesOf(...lines: readonly string[]): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>()
  for (const line of lines) parseScanListing(octetsOf(line), sizes)
  return sizes
}

function idsOf(
  ...lines: readonly (string | Uint8Array)[]
): ReadonlyMap<number, string | undefined> {
  const ids = new Map<number, string | undefined>()
  for (const line of lines)
    parseUniqueIdListing(typeof line === 'string' ? octetsOf(line) : line, ids)
  return ids
}

describe('POP3 scan listing', () => {
  it('gives the size of each letter', () => {
    assert.deepEqual(
      [...sizesOf('1 120', '2 200')],
      [
        [1, 120],
        [2, 200],
      ],
    )
  })

  it('lets servers add what they like after the size (RFC 1939 §5)', () => {
    assert.deepEqual(
      [...sizesOf('1 120 unseen', '2  200\t')],
      [
        [1, 120],
        [2, 200],
      ],
    )
  })

  for (const line of [
    '',
    '1',
    'x 1',
    '1 x',
    '-1 5',
    '0 5',
    '1 5x',
    '1.5 2',
    '1 9999999999999999',
  ]) {
    it(`refuses "${line}"`, () => {
      assert.throws(() => sizesOf(line), ProtocolViolation)
    })
  }

  it('refuses to list a letter twice', () => {
    assert.throws(() => sizesOf('1 120', '1 121'), { code: 'PROTOCOL_VIOLATION', line: '1 121' })
  })
})

describe('POP3 unique-id listing', () => {
  it('gives the id of each letter', () => {
    assert.deepEqual(
      [...idsOf('1 whqtswO00WBw418f9t5JxYwZ', '2 QhdPYR:00WBw1Ph7x7')],
      [
        [1, 'whqtswO00WBw418f9t5JxYwZ'],
        [2, 'QhdPYR:00WBw1Ph7x7'],
      ],
    )
  })

  it('P3 lets two letters have the same id (RFC 1939 §7: identical copies)', () => {
    assert.deepEqual([...idsOf('1 same', '2 same').values()], ['same', 'same'])
  })

  it('P3 takes an id of more than 70 characters as it is', () => {
    const id = 'x'.repeat(500)

    assert.equal(idsOf(`1 ${id}`).get(1), id)
  })

  it('P3 takes an id with spaces as it is, and no white space around it', () => {
    assert.equal(idsOf('1  <a b@c> \t').get(1), '<a b@c>')
  })

  it('P3 has a letter without an id, so that it and the others can be read', () => {
    assert.deepEqual(
      [...idsOf('1 a', '2', '3 ', '4 d')],
      [
        [1, 'a'],
        [2, undefined],
        [3, undefined],
        [4, 'd'],
      ],
    )
  })

  it('P3 keeps ids of different octets different, although they are not text', () => {
    const ids = idsOf(Uint8Array.of(0x31, 0x20, 0xff), Uint8Array.of(0x32, 0x20, 0xfe))

    assert.notEqual(ids.get(1), ids.get(2))
  })

  for (const line of ['', 'x y', '0 a', '1a b', '- 1']) {
    it(`refuses "${line}"`, () => {
      assert.throws(() => idsOf(line), ProtocolViolation)
    })
  }

  it('refuses to list a letter twice', () => {
    assert.throws(() => idsOf('1 a', '1 b'), ProtocolViolation)
  })

  it('takes time in proportion to a line of spaces', () => {
    const started = performance.now()
    for (let round = 0; round < 50; round++)
      idsOf(`1 a${' '.repeat(16_000)}b`, `2 ${' '.repeat(16_000)}`)

    assert.ok(performance.now() - started < 500)
  })
})
