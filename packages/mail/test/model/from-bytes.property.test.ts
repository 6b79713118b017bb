import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  Email,
  EmailAddress,
  EmailImportance,
  EmailTextKind,
  type EmailTextPart,
} from '../../src/index.ts'

const line = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .filter((text) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(text))
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/)
const address = fc
  .tuple(word, word, line)
  .map(([local, domain, name]) => new EmailAddress(`${local}@${domain}.example`, name.trim()))
const addresses = fc.array(address, { maxLength: 4 })
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n').replaceAll('\r', ''))
const importance = fc.constantFrom(
  EmailImportance.Low,
  EmailImportance.Normal,
  EmailImportance.High,
)
const attachment = fc.record({
  data: fc.uint8Array({ maxLength: 300 }),
  name: line.map((name) => name.trim()),
  contentType: fc.constantFrom('image/png', 'application/x-own', 'text/csv'),
  isInline: fc.boolean(),
  id: word,
})

const email = fc
  .record({
    sender: address,
    to: addresses,
    cc: addresses,
    replyTo: addresses,
    subject: fc.option(
      line.map((words) => words.trim()),
      { nil: undefined },
    ),
    importance,
    own: fc.array(
      fc.tuple(
        word,
        line.map((words) => words.trim()),
      ),
      { maxLength: 3 },
    ),
    plain: text,
    html: fc.option(text, { nil: undefined }),
    attachments: fc.array(attachment, { maxLength: 3 }),
  })
  .map((facts) => {
    const letter = new Email(facts.sender, facts.to, facts.subject)
    letter.setCcRecipients(facts.cc).setReplyTo(facts.replyTo)
    letter.importance = facts.importance
    letter.messageId = '<property@example.org>'
    letter.setHeader('Date', 'Sun, 22 Nov 2026 04:33:00 +0000')
    for (const [name, value] of facts.own) letter.addHeader(`X-${name}`, value)
    letter.addText(facts.plain)
    if (facts.html !== undefined) letter.addText(facts.html, EmailTextKind.Html)
    for (const { data, ...options } of facts.attachments) letter.attachData(data, options)
    return letter
  })

/** All that a letter says, in a form that can be compared. */
function summary(letter: Email): unknown {
  return {
    sender: String(letter.sender),
    recipients: [letter.recipients, letter.ccRecipients, letter.replyTo].map(String),
    subject: letter.subject ?? '',
    importance: letter.importance,
    messageId: letter.messageId,
    date: letter.sentDate?.getTime(),
    texts: letter.getText().map(textOf),
    // What the HTML shows stands with it, ahead of the files.
    attachments: letter.attachments
      .map(({ name, contentType, id, isInline, data }) =>
        JSON.stringify([name, contentType, id, isInline, [...data]]),
      )
      .sort(),
  }
}

/** The last line end of a text is the transport's. */
function textOf(part: EmailTextPart): readonly (string | undefined)[] {
  return [part.textKind, part.text.replace(/\n$/, '')]
}

describe('a letter', () => {
  it('reads back as what was written, and that once more', async () => {
    await fc.assert(
      fc.asyncProperty(email, async (letter) => {
        const read = Email.fromBytes(await letter.toBytes())
        const again = Email.fromBytes(await read.toBytes())

        assert.deepEqual(summary(read), summary(letter))
        assert.deepEqual(summary(again), summary(letter))
        assert.equal(read.hasBodyParsingErrors, false)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps fields of its own, however often they are there', async () => {
    const values = fc.array(
      line.map((words) => words.trim()),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(values, async (given) => {
        const letter = new Email('a@example.org').addHeader('X-Own', given)

        assert.deepEqual(Email.fromBytes(await letter.toBytes()).getAllHeaders('X-Own'), given)
      }),
      { numRuns: 60 },
    )
  })
})
