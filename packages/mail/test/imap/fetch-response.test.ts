import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import type { BodyPart } from '../../src/imap/body-structure.ts'
import type { FetchedLetter } from '../../src/imap/fetch-response.ts'
import { costOf } from '../cost-of.ts'
import type { ReadOptions } from './responses.ts'
import { readOne } from './responses.ts'

function letterOf(items: string | Uint8Array, options: ReadOptions = {}): FetchedLetter {
  const sent = typeof items === 'string' ? octetsOf(`* 12 FETCH (${items})\r\n`) : items
  const response = readOne(sent, options)
  assert.ok(response.kind === 'fetch')
  return response.letter
}

/** What of a structure is easily compared. */
function outline(part: BodyPart): unknown {
  const { section, contentType, sizeOctets, parts } = part
  const own = `${section} ${contentType} ${sizeOctets ?? '-'}`
  return parts.length === 0 ? own : [own, ...parts.map(outline)]
}

const TEXT = '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 4 1)'

describe('A FETCH response', () => {
  it('has the items that were asked for', () => {
    const letter = letterOf(
      'FLAGS (\\Seen $Forwarded) UID 4827313 INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 MODSEQ (9007199254740993)',
    )

    assert.equal(letter.sequenceNumber, 12)
    assert.equal(letter.uid, 4_827_313)
    assert.deepEqual(letter.flags, ['\\Seen', '$Forwarded'])
    assert.equal(letter.internalDate?.toISOString(), '1996-07-17T09:44:25.000Z')
    assert.equal(letter.sizeOctets, 4_286)
    assert.equal(letter.modSeq, 9_007_199_254_740_993n)
    assert.deepEqual(letter.defects, [])
  })

  it('I1 I2 has sections, however the server echoes their names', () => {
    const letter = letterOf(
      'BODY[HEADER.FIELDS ("SUBJECT" Date)] {7}\r\na: b\r\n\r BODY[1]<0> "x{3}" BINARY[2] ~{2}\r\n\0) BODY[3] NIL BODY[TEXT] "" UID 3',
    )

    assert.deepEqual(
      letter.sections.map(({ section, isBinary, offset, octets }) => [
        section,
        isBinary,
        offset,
        octets && textOf(octets),
      ]),
      [
        ['HEADER.FIELDS ("SUBJECT" Date)', false, undefined, 'a: b\r\n\r'],
        ['1', false, 0, 'x{3}'],
        ['2', true, undefined, '\0)'],
        ['3', false, undefined, undefined],
        ['TEXT', false, undefined, ''],
      ],
    )
    assert.equal(letter.uid, 3)
  })

  it('has no UID that no letter can have', () => {
    for (const uid of ['0', '4294967296', '99999999999']) {
      const letter = letterOf(`UID ${uid} FLAGS (\\Seen)`)

      assert.equal(letter.uid, undefined)
      assert.deepEqual(letter.flags, ['\\Seen'])
      assert.deepEqual(letter.defects, [
        { item: 'UID', reason: `${uid} is the number of no letter` },
      ])
    }
  })

  it('has the envelope as the server took it apart', () => {
    const { envelope } = letterOf(
      'ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" {8}\r\nIMAP4 "x (("Terry" NIL "gray" "cac.washington.edu")) NIL NIL ((NIL NIL "group" NIL)(NIL NIL "a" "b")(NIL NIL NIL NIL)) NIL NIL NIL "<B27397@cac>")',
    )

    assert.equal(envelope?.subject, 'IMAP4 "x')
    assert.deepEqual(envelope.from, [
      { name: 'Terry', mailbox: 'gray', host: 'cac.washington.edu' },
    ])
    assert.deepEqual(
      envelope.to.map(({ mailbox }) => mailbox),
      ['group', 'a', undefined],
    )
    assert.equal(envelope.messageId, '<B27397@cac>')
    assert.equal(envelope.inReplyTo, undefined)
  })

  it('I2 tells NIL from "NIL"', () => {
    const { envelope } = letterOf('ENVELOPE ("NIL" NIL NIL NIL NIL NIL NIL NIL nil "nil")')

    assert.equal(envelope?.date, 'NIL')
    assert.equal(envelope.subject, undefined)
    assert.equal(envelope.messageId, 'nil')
  })

  it('passes over items that it does not know', () => {
    const letter = letterOf(
      'X-GM-LABELS ("a" (b ({1}\r\nc))) EMAILID (M00000001) UID 9 PREVIEW NIL',
    )

    assert.equal(letter.uid, 9)
    assert.deepEqual(letter.defects, [])
  })
})

describe('The structure of a letter', () => {
  it('numbers its parts as they are fetched', () => {
    const nested = `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 30 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) (${TEXT}${TEXT} "MIXED") 5)`
    const { body, defects } = letterOf(
      `BODYSTRUCTURE ((${TEXT}("TEXT" "HTML" NIL NIL NIL "BASE64" 8 1 NIL ("INLINE" NIL)) "ALTERNATIVE")${nested}("APPLICATION" "PDF" ("NAME" "a.pdf") "<id>" "what" "BASE64" 99 NIL ("ATTACHMENT" ("FILENAME" "a.pdf"))) "MIXED" ("BOUNDARY" "x"))`,
    )

    assert.ok(body)
    assert.deepEqual(defects, [])
    assert.deepEqual(outline(body), [
      'TEXT multipart/mixed -',
      ['1 multipart/alternative -', '1.1 text/plain 4', '1.2 text/html 8'],
      ['2 message/rfc822 30', ['2.TEXT multipart/mixed -', '2.1 text/plain 4', '2.2 text/plain 4']],
      '3 application/pdf 99',
    ])
    assert.equal(body.parts[1]?.envelope?.subject, 'in')
    assert.equal(body.parts[2]?.disposition?.kind, 'attachment')
    assert.equal(body.parts[2].disposition.parameters.get('filename'), 'a.pdf')
    assert.equal(body.parameters.get('boundary'), 'x')
    assert.equal(body.parts[0]?.parts[1]?.disposition?.kind, 'inline')
  })

  it('of one part has the number 1', () => {
    const { body } = letterOf(`BODY ${TEXT}`)

    assert.equal(body?.section, '1')
    assert.equal(body.parameters.get('charset'), 'UTF-8')
  })

  it('of a letter in a letter in no multipart', () => {
    const { body } = letterOf(
      `BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 30 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ${TEXT} 5)`,
    )

    assert.ok(body)
    assert.deepEqual(outline(body), ['1 message/rfc822 30', '1.1 text/plain 4'])
  })

  for (const { name, structure, outlined, reason } of [
    {
      name: 'a size below zero',
      structure: '("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 1)',
      outlined: '1 text/plain -',
      reason: /size/,
    },
    {
      name: 'a size in floating point',
      structure: '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1.86931e+06 1)',
      outlined: '1 text/plain -',
      reason: /size/,
    },
    {
      name: 'a multipart without parts',
      structure: '("ALTERNATIVE")',
      outlined: 'TEXT multipart/alternative -',
      reason: /without parts/,
    },
    {
      name: 'a multipart without parts, with parameters',
      structure: '("MIXED" ("BOUNDARY" "b") NIL NIL)',
      outlined: 'TEXT multipart/mixed -',
      reason: /without parts/,
    },
    {
      name: 'a multipart without a subtype',
      structure: `(${TEXT}${TEXT})`,
      outlined: ['TEXT multipart/mixed -', '1 text/plain 4', '2 text/plain 4'],
      reason: /subtype/,
    },
    {
      name: 'NIL for a type',
      structure: '(NIL NIL NIL NIL NIL NIL 3)',
      outlined: '1 application/octet-stream 3',
      reason: undefined,
    },
    {
      name: 'a letter without its structure',
      structure: '("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 30)',
      outlined: '1 message/rfc822 30',
      reason: /letter in the letter/,
    },
    {
      name: 'parameters that are a string',
      structure: '("TEXT" "PLAIN" "x" NIL NIL "7BIT" 3 1)',
      outlined: '1 text/plain 3',
      reason: /parameters/,
    },
    {
      name: 'a parameter without a value',
      structure: '("TEXT" "PLAIN" ("CHARSET") NIL NIL "7BIT" 3 1)',
      outlined: '1 text/plain 3',
      reason: /parameter without/,
    },
    {
      name: 'fields that are missing',
      structure: '("TEXT" "PLAIN" NIL)',
      outlined: '1 text/plain -',
      reason: /size/,
    },
    {
      name: 'an envelope that is none',
      structure: `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 30 (NIL NIL) ${TEXT} 5)`,
      outlined: ['1 message/rfc822 30', '1.1 text/plain 4'],
      reason: /envelope/,
    },
  ]) {
    it(`I10 with ${name} is read, and the letter says so`, () => {
      const letter = letterOf(`BODYSTRUCTURE ${structure} UID 7`)

      assert.ok(letter.body)
      assert.deepEqual(outline(letter.body), outlined)
      assert.equal(letter.uid, 7)
      if (reason === undefined) assert.deepEqual(letter.defects, [])
      else assert.match(letter.defects[0]?.reason ?? '', reason)
    })
  }

  for (const { name, items } of [
    { name: 'is NIL', items: 'BODYSTRUCTURE NIL UID 7' },
    { name: 'is a word', items: 'BODYSTRUCTURE oops UID 7' },
    { name: 'has no end', items: 'UID 7 BODYSTRUCTURE ("TEXT" "PLAIN' },
    { name: 'has too many ends', items: `UID 7 BODYSTRUCTURE ${TEXT}) FLAGS (` },
    {
      name: 'is deeper than the limit',
      items: `BODYSTRUCTURE ${'('.repeat(200)}"a"${')'.repeat(200)} UID 7`,
    },
    { name: 'is a list in a string', items: 'ENVELOPE ((()) 1 2) BODYSTRUCTURE ((x) (y)) UID 7' },
  ]) {
    it(`I10 that ${name} spoils nothing but itself`, () => {
      assert.equal(letterOf(items).uid, 7)
    })
  }

  it('I10 that is odd in a thousand places does not fill the memory with complaints', () => {
    const part = '("A" "B" NIL NIL NIL "7BIT" -1)'
    const { defects } = letterOf(`BODYSTRUCTURE (${part.repeat(1_000)} "MIXED")`)

    assert.ok(defects.length > 0 && defects.length < 20)
  })

  it('costs time in proportion to its length', () => {
    const [few, many] = [1_000, 4_000].map((count) =>
      costOf(() => letterOf(`BODYSTRUCTURE (${TEXT.repeat(count)} "MIXED")`)),
    )

    assert.ok((many ?? 0) < 10 * (few ?? 0) + 20_000, `${few} → ${many}`)
  })
})

describe('A letter with an item that cannot be read', () => {
  it('I1 keeps no literal above the limit, and says so', () => {
    const letter = letterOf('BODY[HEADER] {6}\r\n123456 UID 7', { limits: { maxLiteralOctets: 5 } })

    assert.equal(letter.uid, 7)
    assert.deepEqual(letter.sections[0]?.octets, undefined)
    assert.deepEqual(letter.defects, [
      { item: 'BODY[HEADER]', reason: '6 octets are more than limits.maxLiteralOctets' },
    ])
  })

  it('has no more pieces than anybody asks for', () => {
    const letter = letterOf(`UID 7 ${'BODY[1] "" '.repeat(2_000)}`)

    assert.equal(letter.sections.length, 1_000)
    assert.match(letter.defects[0]?.reason ?? '', /too many pieces/)
  })

  for (const item of ['INTERNALDATE "yesterday"', 'RFC822.SIZE many', 'FLAGS \\Seen', 'MODSEQ 3']) {
    it(`has the others: ${item}`, () => {
      const letter = letterOf(`${item} UID 7`)

      assert.equal(letter.uid, 7)
      assert.equal(letter.defects.length, 1)
    })
  }
})
