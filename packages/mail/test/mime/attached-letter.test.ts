import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { LetterBody } from '../../src/base/canonical-letter.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import { AttachedLetterInvalid } from '../../src/mime/errors.ts'
import type { AttachedLetterFlaw } from '../../src/mime/errors.ts'
import type { MessageDraft } from '../../src/mime/message.ts'
import { cutAt, latin, octetByOctet, octets } from './cut.ts'
import { attach, compose, draftOf, piecesOf } from './drafts.ts'
import { readLetter } from './letters.ts'

/** A draft with this letter in it. */
function around(pieces: readonly Uint8Array[], body?: LetterBody): MessageDraft {
  const letter = {
    fileName: 'письмо.eml',
    contentType: 'message/rfc822',
    content: () => piecesOf(pieces),
    ...(body && { body }),
  }
  return draftOf({ attachments: [letter, attach(octets('file'))] })
}

/** What comes of a letter until it is broken off. */
async function breakOff(draft: MessageDraft): Promise<{ written: string; error: unknown }> {
  let written = ''
  try {
    for await (const piece of composeMessage(draft)) written += latin(piece)
  } catch (error) {
    return { written, error }
  }
  return assert.fail('the letter was written')
}

describe('A letter attached to a letter', () => {
  it('is written as it is, and reads back octet for octet (RFC 2046 §5.2.1)', async () => {
    for (const inner of [
      await compose(
        draftOf({ html: '<p>x', attachments: [attach(octets('file'))], boundary: 'x'.repeat(16) }),
      ),
      octets('Subject: x\r\n\r\nno line end'),
      octets(''),
    ]) {
      const outer = await compose(around([inner]))

      const { parts, defects } = readLetter([outer])
      assert.deepEqual(defects, [])
      assert.equal(parts[2]?.mediaType, 'message/rfc822')
      assert.equal(parts[2].content ?? '', latin(inner))
      assert.match(latin(outer), /message\/rfc822;[^]{1,200}Transfer-Encoding: 7bit\r\n/)
    }
  })

  it('is of a size that can be foretold', async () => {
    const inner = octets('Subject: x\r\n\r\ny\r\n')
    const letter = attach(inner, { contentType: 'Message/RFC822' })
    const draft = draftOf({ attachments: [letter] })

    assert.equal(composeMessage(draft).sizeOctets, (await compose(draft)).length)
  })

  it('makes the whole letter need what it needs (RFC 2045 §6.4)', async () => {
    const inner = octets('Subject: Привет\r\n\r\ny')

    for (const { body, encoding } of [
      { body: '8BITMIME', encoding: '8bit' },
      { body: 'BINARYMIME', encoding: 'binary' },
    ] as const) {
      const draft = around([inner], body)
      const written = latin(await compose(draft))

      assert.equal(composeMessage(draft).body, body)
      assert.equal(
        written.match(new RegExp(`^Content-Transfer-Encoding: ${encoding}\r$`, 'gm'))?.length,
        2,
      )
    }
    assert.equal(composeMessage(around([inner])).body, '7BIT')
  })

  it('may be anything but a delimiter with BINARYMIME', async () => {
    const inner = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 2)

    const { parts } = readLetter([await compose(around([inner], 'BINARYMIME'))])

    assert.equal(parts[2]?.content, latin(inner))
  })

  const cases: readonly {
    text: string
    flaw: AttachedLetterFlaw
    at: number
    body?: LetterBody
  }[] = [
    { text: 'a: b\r\n\r\n\0', flaw: 'nul', at: 8 },
    { text: 'a\0', flaw: 'nul', at: 1, body: '8BITMIME' },
    { text: 'a\nb', flaw: 'bare line end', at: 1 },
    { text: '\n', flaw: 'bare line end', at: 0 },
    { text: 'a\r\r\n', flaw: 'bare line end', at: 2 },
    { text: 'a\rb', flaw: 'bare line end', at: 2, body: '8BITMIME' },
    { text: 'a\r', flaw: 'bare line end', at: 2 },
    { text: 'aé', flaw: 'octet over 127', at: 1 },
    { text: `a\r\n${'x'.repeat(999)}`, flaw: 'line too long', at: 1001 },
    { text: 'a\r\n--=_m_0123456789abcdef', flaw: 'delimiter', at: 24 },
    { text: 'a\r\n--=_m_0123456789abcdef--\r\n', flaw: 'delimiter', at: 24 },
    { text: '--=_m_0123456789abcdef', flaw: 'delimiter', at: 21, body: '8BITMIME' },
    { text: '\0\r\n--=_m_0123456789abcdef', flaw: 'delimiter', at: 24, body: 'BINARYMIME' },
  ]
  for (const { text, flaw, at, body } of cases) {
    it(`breaks the letter off, ${body ?? '7BIT'}, at ${JSON.stringify(text.slice(0, 30))}`, async () => {
      const inner = octets(text)
      for (const pieces of [[inner], octetByOctet(inner)]) {
        const { written, error } = await breakOff(around(pieces, body))

        assert.ok(error instanceof AttachedLetterInvalid)
        assert.equal(error.flaw, flaw)
        assert.equal(error.offsetOctets, at)
        assert.equal(error.fileName, 'письмо.eml')
        assert.doesNotMatch(written, /--=_m_0123456789abcdef--\r\n/)
      }
    })
  }

  it('passes with lines of 998 and all that only looks like a delimiter', async () => {
    const text = `${'x'.repeat(998)}\r\n--=_m_0123456789abcde\r\n --=_m_0123456789abcdef\r\nx--=_m_0123456789abcdef\r\n`

    const { parts } = readLetter([await compose(around([octets(text)]))])

    assert.equal(parts[2]?.content, text)
  })

  it('is refused or passes alike, however it is cut', async () => {
    const alphabet = fc.constantFrom(
      '\r\n',
      '\n',
      '\r',
      '--',
      '=_m_',
      '0123456789abcdef',
      'x',
      '\0',
      'é',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(alphabet, { maxLength: 12 }),
        fc.array(fc.nat(40), { maxLength: 6 }),
        async (texts, places) => {
          const inner = octets(texts.join(''))
          const results = [[inner], cutAt(inner, places), octetByOctet(inner)].map(async (pieces) =>
            compose(around(pieces)).then(latin, String),
          )

          const [whole, ...cut] = await Promise.all(results)
          for (const result of cut) assert.equal(result, whole)
        },
      ),
      { numRuns: 60 },
    )
  })
})
