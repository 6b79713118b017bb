/**
 * Letters as this package reads them, beside what Python's `email` reads (`policy.default`). Its answers lie in fixtures/python-email, so that no Python is needed;
 * where there is one of the same version, it is asked again.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { mailboxesOf } from '../../src/address/address-list.ts'
import { parseDateTime } from '../../src/mime/date-time.ts'
import type { HeaderSection } from '../../src/mime/header-section.ts'
import { MessageReader } from '../../src/mime/parse-message.ts'
import { readAddressField } from '../../src/mime/read-address-field.ts'
import { costOf } from '../cost-of.ts'
import { askPython } from '../fixtures/python-email/ask-python.ts'
import { cutAt, inOneBuffer, octetByOctet } from './cut.ts'
import { LETTERS } from './letter-corpus.ts'
import { readLetter } from './letters.ts'

/** What both are asked of a letter. */
interface Reading {
  readonly subject: unknown
  readonly from: unknown
  readonly to: unknown
  readonly date: unknown
  readonly leaves: unknown
}

const QUESTIONS = ['subject', 'from', 'to', 'date', 'leaves'] as const

/** Where both differ, and why: nothing else may. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'multiparts in multiparts: leaves':
    'Python decodes nothing when a comment stands behind the name of the encoding (RFC 2045 §6.1 allows one)',
  'M1 folded at spaces and tabs: subject':
    'a tab that begins a folded line was a space before some gateway folded there',
  'M2 an unknown charset: subject':
    'Python takes the octets for ASCII; here a text in an unknown charset stays as it is written, and is reported',
  'RFC 6532 in a header: from': 'Python gives surrogates for octets that are UTF-8 (RFC 6532)',
  'M4 a name twice: leaves':
    'RFC 6266 §4.3, RFC 2231: the name that can be in any script is the better one',
  'M6 never closed: leaves':
    'the last line end belongs to a delimiter only where there is one (RFC 2046 §5.1.1)',
  'M8 base64 that goes on behind padding: leaves':
    'what can be decoded is decoded, and the damage is reported',
  'M8 quoted-printable: leaves':
    'white space at the end of a line was added on the way (RFC 2045 §6.7)',
  'M10 an unknown encoding: leaves': 'what can not be decoded is octets (RFC 2045 §6.4)',
  'M14 a comma in a name: from': 'C is no address; here what has none is left out, and is reported',
  'M14 a semicolon between: to': 'Outlook writes semicolons, and everybody after one is meant too',
}

interface Answers {
  readonly python: string
  readonly answers: Readonly<Record<string, Reading>>
}

const COMMITTED = readFileSync(
  join(import.meta.dirname, '../fixtures/python-email/answers.json'),
  'utf8',
)

const { python, answers } = JSON.parse(COMMITTED) as Answers
const letters = Object.entries(LETTERS)

describe('Every letter at hand', () => {
  it('is read as Python reads it, but where it is said why not', () => {
    const found = letters.flatMap(([name, octets]) => {
      const ours = readByUs(octets)
      return QUESTIONS.filter(
        (question) => !isDeepStrictEqual(ours[question], answers[name]?.[question]),
      ).map((question) => `${name}: ${question}`)
    })

    assert.deepEqual(found, Object.keys(DISAGREEMENTS))
  })

  it('is read by the Python of this machine as it was when its answers were kept', (t) => {
    const anew = askPython()
    const answered = anew === undefined ? undefined : (JSON.parse(anew) as Answers)
    if (answered?.python !== python) {
      t.diagnostic(`Python ${python} is not here: its kept answers are what is compared`)
    }

    // Another version may read otherwise, and that is no fault of these letters.
    const comparable = answered?.python === python ? answered.answers : answers
    assert.deepEqual(comparable, answers)
    assert.deepEqual(Object.keys(comparable), Object.keys(LETTERS))
  })

  it('M19 is read the same however it is cut', () => {
    for (const [name, letter] of letters) {
      const whole = readLetter([letter])

      assert.deepEqual(readLetter(octetByOctet(letter)), whole, name)
      // Those that are longer are cut everywhere elsewhere.
      const places = letter.length > MAX_CUT_OCTETS ? 0 : letter.length
      for (let place = 1; place < places; place++) {
        const pieces = inOneBuffer(cutAt(letter, [place]))
        assert.deepEqual(readLetter(pieces, {}, { overwritesContent: true }), whole, name)
      }
    }
  })

  it('M20 takes time in proportion to its length, although it goes on with itself', () => {
    const readRepeated = (times: number) => () => {
      for (const [, letter] of letters) {
        const reader = new MessageReader(UNLIMITED)
        for (let time = 0; time < times; time++) reader.push(letter)
        reader.end()
      }
    }
    readRepeated(100)()

    const ratio = costOf(readRepeated(400)) / costOf(readRepeated(50))

    // What took a square of the time would take sixty-four times as long.
    assert.ok(ratio < 24, `eight times the length takes ${ratio} times as long`)
  })
})

/** Every place of a letter costs as much as the letter is long. */
const MAX_CUT_OCTETS = 200

const UNLIMITED = {
  headerOctets: 1e9,
  headerFields: 1e9,
  headerLineOctets: 1e9,
  parts: 1e9,
  depth: 1e9,
} as const

function readByUs(letter: Uint8Array): Reading {
  const reader = new MessageReader()
  let header: HeaderSection | undefined
  const leaves: { type: string; fileName: string | null; content: Uint8Array[] }[] = []
  for (const event of [...reader.push(letter), ...reader.end()]) {
    if (event.kind === 'content') leaves.at(-1)?.content.push(event.octets)
    if (event.kind !== 'part') continue
    header ??= event.header
    const { mediaType, parameters } = event.contentType
    const isOpen = mediaType.startsWith('multipart/') && parameters.has('boundary')
    if (!isOpen) leaves.push({ type: mediaType, fileName: event.fileName ?? null, content: [] })
  }
  const date = parseDateTime(header?.first('date') ?? '')
  return {
    subject: header?.first('subject') ?? null,
    from: addressesIn(header?.raw('from')),
    to: addressesIn(header?.raw('to')),
    date: date?.getTime() ?? null,
    leaves: leaves.map(({ type, fileName, content }) => [
      type,
      fileName,
      Buffer.concat(content).toString('base64'),
    ]),
  }
}

function addressesIn(body: string | undefined): unknown {
  if (body === undefined) return null
  return mailboxesOf(readAddressField(body)).map(({ displayName, addrSpec }) => [
    displayName ?? '',
    addrSpec,
  ])
}
