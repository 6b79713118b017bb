import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  InternetMailMessage,
  InternetMailMessageImportance,
  InternetMailTextProcessing,
  InternetMailTextType,
} from '../../src/internet-mail.ts'

const line = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .filter((text) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(text))
  .map((text) => text.trim())
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/)
const named = fc.tuple(
  fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`),
  line,
)
const { Highest, High, Normal, Low, Lowest } = InternetMailMessageImportance

const message = fc
  .record({
    from: named,
    to: fc.array(named, { maxLength: 3 }),
    subject: line,
    organization: line,
    importance: fc.constantFrom(Highest, High, Normal, Low, Lowest),
    plain: line,
    html: fc.option(line, { nil: undefined }),
    attachments: fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), line), { maxLength: 3 }),
  })
  .map((facts) => {
    const written = new InternetMailMessage()
    const [address, name] = facts.from
    written.from = address
    written.senderName = name
    for (const recipient of facts.to) written.to.add(...recipient)
    written.subject = facts.subject
    written.organization = facts.organization
    written.importance = facts.importance
    written.texts.add(facts.plain)
    if (facts.html !== undefined) written.texts.add(facts.html, InternetMailTextType.Html)
    for (const attachment of facts.attachments) written.attachments.add(...attachment)
    return written
  })

async function factsOf(it: InternetMailMessage): Promise<object> {
  return {
    from: [it.from?.address, it.senderName],
    to: it.to.map(String),
    subject: it.subject,
    organization: it.organization,
    importance: it.importance,
    texts: it.texts.map(({ text, textType }) => [text.trimEnd(), textType]),
    attachments: await Promise.all(
      it.attachments.map(async ({ data, name }) => [name, [...(await data.readData())]]),
    ),
  }
}

describe('any letter of the platform', () => {
  it('reads back as it was written, and gives its octets back as they came', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (written) => {
        const pieces: Uint8Array[] = []
        const { content } = written.compose(InternetMailTextProcessing.DontProcess)
        for await (const octets of content) pieces.push(octets.slice())
        const octets = new Uint8Array(Buffer.concat(pieces))
        const read = InternetMailMessage.received({ octets, isWhole: true })

        assert.deepEqual(await factsOf(read), await factsOf(written))
        assert.deepEqual(await read.getSourceData().readData(), octets)
        const headers = InternetMailMessage.received({ octets, isWhole: false })
        assert.equal(headers.subject, written.subject)
      }),
    )
  })
})
