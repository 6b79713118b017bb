import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Canonicalization, signMessage, type SigningOptions } from '../../src/dkim.ts'
import type { DraftAttachment, MessageDraft } from '../../src/mime.ts'
import { ed25519Key, rsaKey } from './keys.ts'
import { letterOf, letterOfDraft, octetsOfLetter } from './letters.ts'
import * as rfc from './rfc-8463.ts'
import { verdictsOf } from './verify.ts'

const records = [rsaKey.record, ed25519Key.record]
const keys = [rsaKey, ed25519Key]
const signedAt = new Date('2026-03-01T10:00:00Z')

const canonicalization = fc.constantFrom<Canonicalization>('relaxed', 'simple')
const options: fc.Arbitrary<SigningOptions> = fc.record({
  headerCanonicalization: canonicalization,
  bodyCanonicalization: canonicalization,
  signedAt: fc.constant(signedAt),
})
const subjects = fc.constantFrom(
  'Orders',
  'Заказы склада С01 за первую половину марта, с накладными и остатками на складе',
  'two  blanks',
)
const texts = fc
  .array(
    fc.constantFrom('.', '..', ' ', '  ', '\n', '\n\n', 'word', '=', 'слово', '\t', 'a'.repeat(90)),
  )
  .map((parts) => parts.join(''))
const attachments: fc.Arbitrary<readonly DraftAttachment[]> = fc.array(
  fc.uint8Array({ maxLength: 300 }).map((content) => ({
    fileName: 'остатки.bin',
    contentType: 'application/octet-stream',
    content: async function* () {
      yield content
    },
  })),
  { maxLength: 2 },
)
const list: MessageDraft['list'] = {
  id: 'exchange.example.org',
  unsubscribe: ['https://example.org/leave'],
  isOneClick: true,
}
const drafts: fc.Arbitrary<Partial<MessageDraft>> = fc.record(
  {
    subject: subjects,
    text: texts,
    html: texts,
    attachments,
    list: fc.constant(list),
    references: fc.constant(['<1@example.org>', '<2@example.org>']),
  },
  { requiredKeys: [] },
)

async function signedExample(signingOptions: SigningOptions = {}): Promise<string> {
  const letter = letterOfDraft({ attachments: [] })
  const signed = await signMessage(letter, keys, { signedAt, ...signingOptions })
  return (await octetsOfLetter(signed)).toString('latin1')
}

async function verdictsOfText(text: string): Promise<readonly string[]> {
  return verdictsOf(Buffer.from(text, 'latin1'), records)
}

describe('An independent verifier (C11)', () => {
  it('passes the letter of RFC 8463 Appendix A as it is printed, so it can be relied on', async () => {
    const signatures = [
      [rfc.ED25519_UNSIGNED, rfc.ED25519_SIGNATURE],
      [rfc.RSA_UNSIGNED, rfc.RSA_SIGNATURE],
    ].map((parts) => parts.join(''))
    const text = [...signatures, `${rfc.HEADER}\r\n${rfc.BODY}`].join('\r\n')
    const published = [
      { name: 'brisbane._domainkey.football.example.com', text: rfc.ED25519_RECORD },
      { name: 'test._domainkey.football.example.com', text: rfc.RSA_RECORD },
    ]

    assert.deepEqual(await verdictsOf(Buffer.from(text, 'latin1'), published), ['pass', 'pass'])
  })

  it('passes both signatures of any composed letter', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, options, async (draft, signingOptions) => {
        const signed = await signMessage(letterOfDraft(draft), keys, signingOptions)
        assert.deepEqual(await verdictsOf(await octetsOfLetter(signed), records), ['pass', 'pass'])
      }),
      { numRuns: 60 },
    )
  })

  it('passes any body, one without an octet too', async () => {
    const lines = fc.array(
      fc.constantFrom('', '', '.', ' ', '\t ', 'a', 'a  b ', ' c\t', '\u00e9'),
      { maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(lines, options, async (body, signingOptions) => {
        const text = `From: a@example.org\r\n\r\n${body.map((line) => `${line}\r\n`).join('')}`
        const signed = await signMessage(letterOf(text), ed25519Key, signingOptions)
        assert.deepEqual(await verdictsOf(await octetsOfLetter(signed), records), ['pass'])
      }),
      { numRuns: 100 },
    )
  })

  it('passes a large letter, which is read again to be sent', async () => {
    const content = randomBytes(200_000)
    const attachment = {
      fileName: 'остатки.bin',
      contentType: 'application/octet-stream',
      content: async function* () {
        yield content
      },
    }
    const signed = await signMessage(letterOfDraft({ attachments: [attachment] }), keys, {
      signedAt,
    })

    assert.ok(signed.sizeOctets > 200_000)
    assert.deepEqual(await verdictsOf(await octetsOfLetter(signed), records), ['pass', 'pass'])
  })

  it('passes a letter whose header section holds UTF-8 (RFC 8616)', async () => {
    const letter = letterOf('From: Склад <ящик@example.org>\r\nSubject:  Заказы\r\n\r\nx\r\n')
    const signed = await signMessage(letter, keys, { signedAt, identity: 'ящик@example.org' })

    assert.deepEqual(await verdictsOf(await octetsOfLetter(signed), records), ['pass', 'pass'])
  })

  it('passes a letter with an identity and an end, until then', async () => {
    const tags = { identity: '"склад 1"@sub.example.org', expiresAt: new Date('2026-03-02') }
    const late = { expiresAt: new Date('2026-03-01T11:00:00Z') }

    assert.deepEqual(await verdictsOfText(await signedExample(tags)), ['pass', 'pass'])
    assert.equal((await verdictsOfText(await signedExample(late))).includes('pass'), false)
  })

  it('passes a relaxed signature after blanks have changed, and no simple one', async () => {
    const relaxed = await signedExample()
    const simple = await signedExample({
      headerCanonicalization: 'simple',
      bodyCanonicalization: 'simple',
    })
    const change = (text: string): string => `${text.replace('\r\nTo: ', '\r\nTO:  ')}\r\n\r\n`

    assert.deepEqual(await verdictsOfText(change(relaxed)), ['pass', 'pass'])
    assert.equal((await verdictsOfText(change(simple))).includes('pass'), false)
  })

  it('rejects after any signed field is changed', async () => {
    const text = await signedExample()
    const end = text.indexOf('\r\n\r\n')
    const fields = text.slice(0, end).split(/\r\n(?![ \t])/)
    const changed = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type']
    for (const name of changed) {
      const index = fields.findIndex((field) => field.startsWith(`${name}:`))
      const other = fields.with(index, `${fields[index] ?? ''}x`).join('\r\n')

      assert.ok(index > 0, name)
      assert.equal((await verdictsOfText(other + text.slice(end))).includes('pass'), false, name)
    }
  })

  it('rejects after a second of a field is added, at either end, or the first of one', async () => {
    const text = await signedExample()
    const end = text.indexOf('\r\n\r\n') + 2
    for (const name of ['From', 'Subject', 'To', 'Cc', 'Date', 'Reply-To', 'Content-Type']) {
      const field = `${name}: mallory@example.com\r\n`

      assert.equal((await verdictsOfText(field + text)).includes('pass'), false, name)
      const below = text.slice(0, end) + field + text.slice(end)
      assert.equal((await verdictsOfText(below)).includes('pass'), false, name)
    }
  })

  it('rejects after any octet of the body is changed', async () => {
    const text = await signedExample()
    const start = text.indexOf('\r\n\r\n') + 4
    const places = Array.from(text.slice(start), (_, index) => start + index).filter((place) =>
      /\S/.test(text.charAt(place)),
    )

    assert.ok(places.length > 20)
    for (const place of places) {
      const other = `${text.slice(0, place)}~${text.slice(place + 1)}`
      assert.equal((await verdictsOfText(other)).includes('pass'), false)
    }
  })
})
