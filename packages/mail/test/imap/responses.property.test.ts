import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { MailError } from '../../src/base/mail-error.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import { ResponseReader } from '../../src/imap/response-reader.ts'
import type { ImapValue } from '../../src/imap/response-reader.ts'
import { pieceSizes } from '../wire/cut.ts'
import { frame, read } from './responses.ts'

/** A word that is not NIL. */
const atoms = fc
  .stringMatching(/^[A-Za-z0-9\\$.+:,*%[\]{}-]{1,8}$/)
  .filter((word) => !/^nil$/i.test(word))
const strings = fc.uint8Array({ maxLength: 12 })

/** As an {@link ImapValue}, with strings as the octets that are sent. */
type SentValue = undefined | string | Uint8Array | readonly SentValue[]

const { value: values } = fc.letrec<{ value: SentValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(undefined),
    atoms,
    strings,
    fc.array(tie('value'), { maxLength: 4 }),
  ),
}))

/** Writes a value as a server may: a string in quotes where it can be, otherwise as a literal. */
function print(value: SentValue): Uint8Array {
  if (value === undefined) return octetsOf('NIL')
  if (typeof value === 'string') return octetsOf(value)
  if (value instanceof Uint8Array) return printString(value)
  const items = value.flatMap((item, index) => [octetsOf(index === 0 ? '' : ' '), print(item)])
  return concatOctets([octetsOf('('), ...items, octetsOf(')')])
}

function printString(octets: Uint8Array): Uint8Array {
  const isQuotable = octets.every((octet) => octet >= 0x20 && octet < 0x7f)
  if (!isQuotable) return concatOctets([octetsOf(`{${octets.length}}\r\n`), octets])
  return octetsOf(`"${textOf(octets).replace(/["\\]/g, '\\$&')}"`)
}

describe('Any IMAP value', () => {
  it('I1 I2 survives printing and reading, wherever it is cut', () => {
    fc.assert(
      fc.property(values, pieceSizes, (value, sizes) => {
        const sent = concatOctets([print(value), octetsOf(' x\r\n')])
        // In a list, so that it begins like no status.
        const [framed, ...others] = frame(concatOctets([octetsOf('* ('), sent]), { sizes })
        assert.ok(framed !== undefined && others.length === 0)
        const reader = new ResponseReader(framed, DEFAULT_IMAP_LIMITS)
        reader.atom()
        reader.expect(' ')
        reader.expect('(')

        assert.deepEqual(reader.value(), textsOf(value))
        assert.equal(reader.words(), ' x')
      }),
      { numRuns: 200 },
    )
  })

  it('is passed over as a whole', () => {
    fc.assert(
      fc.property(values, (value) => {
        const [framed] = frame(concatOctets([octetsOf('* ('), print(value), octetsOf(' x\r\n')]))
        assert.ok(framed)
        const reader = new ResponseReader(framed, DEFAULT_IMAP_LIMITS)
        reader.atom()
        reader.expect(' ')
        reader.expect('(')
        reader.skipValue()

        assert.equal(reader.words(), ' x')
      }),
    )
  })
})

/** A Buffer and a Uint8Array of the same octets differ for deepEqual. */
function textsOf(value: SentValue): ImapValue {
  if (value === undefined || typeof value === 'string') return value
  return value instanceof Uint8Array ? textOf(value) : value.map(textsOf)
}

describe('The IMAP reader', () => {
  it('answers any octets with responses or an error of this package', () => {
    const lists = '( ) [ ] < > " \\ ~ + {3} NIL \r\n'.split(' ')
    const names =
      '* 1 A1 OK FETCH BODY BODYSTRUCTURE ENVELOPE UID FLAGS LIST STATUS ESEARCH ALL QUOTA ID'
    const words = fc.constantFrom(...lists, ...names.split(' ').map((name) => `${name} `))
    const pieces = fc.oneof(words.map(octetsOf), fc.uint8Array({ maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          read(concatOctets([...parts, octetsOf('\r\n')]))
        } catch (error) {
          assert.ok(error instanceof MailError, String(error))
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
