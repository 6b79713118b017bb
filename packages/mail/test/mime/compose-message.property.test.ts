import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import type { Address } from 'postal-mime'
import type { AddressListEntry } from '../../src/address/address-list.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { parseAddressField } from '../../src/mime/address-field.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import type { DraftAttachment, MessageDraft } from '../../src/mime/message.ts'
import { latin, cutAt } from './cut.ts'
import { compose, octetsOf, piecesOf } from './drafts.ts'
import { readLetter } from './letters.ts'

const BOUNDARY = '0123456789abcdef'

/** One line of any script, with what is awkward in header fields and in bodies. */
const line = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(
          'слово',
          'word',
          ' ',
          '=?utf-8?Q?x?=',
          '"',
          '\\',
          ',;:<>@()[]',
          '👨‍👩‍👧‍👦',
          'и\u0306',
          '=',
          '.',
          'From ',
          `--=_m_${BOUNDARY}`,
          `--=_a_${BOUNDARY}--`,
          'x'.repeat(90),
        ),
        { maxLength: 12 },
      )
      .map((words) => words.join('')),
  )
  .map((text) => text.replaceAll(/\p{Cc}/gu, '').toWellFormed())

/** As a line, without words too long to be folded. */
const words = line.map((text) =>
  text
    .split(/\s+/)
    .map((word) => word.slice(0, 60))
    .join(' ')
    .toWellFormed()
    .trim(),
)
const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'))
const atom = fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}$/)
const mailbox = fc
  .record({
    localPart: fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join('.')),
    domain: fc.constantFrom('example.org', 'b-1.test', '[192.0.2.1]'),
    displayName: words,
  })
  .map((parts) => MailboxAddress.of(parts))
/** postal-mime ends a group at a semicolon between quotes, so its names are simple. */
const group = fc
  .record({
    displayName: fc.constantFrom('Team', 'Склад, ЦБ'),
    members: fc.array(
      mailbox.map(({ localPart, domain }) =>
        MailboxAddress.of({ localPart, domain, displayName: 'Мэри' }),
      ),
      { maxLength: 3 },
    ),
  })
  .map((facts): AddressListEntry => ({ kind: 'group', ...facts }))
const entries = fc.array(fc.oneof(mailbox, mailbox, group), { maxLength: 4 })

const attachment = fc
  .record({
    // postal-mime decodes what looks encoded once too often. `parameter.test.ts` has such names.
    fileName: words.map((name) => name.replaceAll('=?', '')),
    contentType: fc.constantFrom('application/zip', 'image/png', 'text/csv'),
    content: fc.uint8Array({ maxLength: 200 }),
    places: fc.array(fc.nat(200), { maxLength: 3 }),
    disposition: fc.constantFrom('attachment' as const, 'inline' as const),
    contentId: atom.map((left) => `${left}@example.org`),
  })
  .map(({ content, places, ...facts }) => ({
    content,
    attachment: { ...facts, content: () => piecesOf(cutAt(content, places)) },
  }))

/** A draft, with the contents of its attachments to compare. */
interface Given {
  readonly draft: MessageDraft
  readonly attached: readonly {
    readonly content: Uint8Array
    readonly attachment: DraftAttachment
  }[]
}

const given: fc.Arbitrary<Given> = fc
  .record({
    required: fc.record({ from: mailbox, to: entries, cc: entries, subject: words }),
    optional: fc.record({ text, html: text }, { requiredKeys: [] }),
    attached: fc.array(attachment, { maxLength: 3 }),
  })
  .map(({ required, optional, attached }) => ({
    draft: {
      ...required,
      ...optional,
      date: new Date('2026-11-22T04:33:00Z'),
      messageId: '<7@shop-1.example.org>',
      boundary: BOUNDARY,
      attachments: attached.map((each) => each.attachment),
    },
    attached,
  }))

/** Addresses as postal-mime gives them. */
function asAddresses(list: readonly AddressListEntry[]): readonly unknown[] {
  return list.map((entry) => {
    const name = entry.displayName ?? ''
    if (entry.kind === 'group') return { name, group: asAddresses(entry.members) }
    return { name, address: entry.addrSpec }
  })
}

function plain(addresses: readonly Address[] = []): readonly unknown[] {
  return addresses.map(({ name, address, group: members }) =>
    members === undefined ? { name, address } : { name, group: plain(members) },
  )
}

/** postal-mime ends every text in line ends of its own, and has none where it is empty. */
function withoutEnd(content = ''): string {
  return content.replaceAll('\r\n', '\n').replace(/\n+$/, '')
}

/** The bodies that are not multiparts, in the order in which a letter has them. */
function expectedBodies({ draft, attached }: Given): readonly string[] {
  const isShown = (each: Given['attached'][number]): boolean =>
    each.attachment.disposition === 'inline' && draft.html !== undefined
  const files = [
    ...attached.filter((each) => isShown(each)),
    ...attached.filter((each) => !isShown(each)),
  ].map(({ content }) => latin(content))
  const texts = [draft.text, draft.html].filter((each) => each !== undefined)
  const lines = texts.map((each) => latin(Buffer.from(each.replaceAll('\n', '\r\n'))))
  return lines.length + files.length === 0 ? [''] : [...lines, ...files]
}

describe('A composed letter (C12)', () => {
  it('reads back as it was drafted by postal-mime, which is not ours', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ draft, attached }) => {
        const email = await PostalMime.parse(await compose(draft))

        assert.equal(email.subject ?? '', draft.subject)
        assert.deepEqual(plain(email.from && [email.from]), asAddresses([draft.from].flat()))
        assert.deepEqual(plain(email.to), asAddresses(draft.to ?? []))
        assert.deepEqual(plain(email.cc), asAddresses(draft.cc ?? []))
        assert.equal(withoutEnd(email.text), withoutEnd(draft.text))
        assert.equal(withoutEnd(email.html), withoutEnd(draft.html))
        assert.deepEqual(
          email.attachments
            .map(
              (each) =>
                `${each.filename ?? ''} ${each.contentId} ${Buffer.from(each.content as ArrayBuffer).toString('hex')}`,
            )
            .toSorted(),
          attached
            .map(
              ({ content, attachment: each }) =>
                `${each.fileName} <${each.contentId}> ${Buffer.from(content).toString('hex')}`,
            )
            .toSorted(),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('reads back exactly by our own reader, is ASCII in short lines, and of the size foretold', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (all) => {
        const { draft } = all
        const letter = await compose(draft)

        const read = readLetter([letter])

        assert.match(latin(letter), /^(?:[\t -~]{0,78}\r\n)+$/)
        assert.deepEqual(read.defects, [])
        assert.equal(read.subject, draft.subject)
        const header = parseHeaderSection(letter)
        assert.deepEqual(parseAddressField(header.raw('to') ?? ''), draft.to)
        const bodies = read.parts.filter((part) => !part.mediaType.startsWith('multipart/'))
        const contents = bodies.map((part) => part.content ?? '')
        const isWhole = read.parts.length === 1 && bodies[0]?.mediaType.startsWith('text/') === true
        assert.deepEqual(
          isWhole ? contents.map((each) => each.replace(/\r\n$/, '')) : contents,
          isWhole
            ? expectedBodies(all).map((each) => each.replace(/\r\n$/, ''))
            : expectedBodies(all),
        )
        const sized = all.attached.map(({ content, attachment: each }) => ({
          ...each,
          sizeOctets: content.length,
        }))
        assert.equal(composeMessage({ ...draft, attachments: sized }).sizeOctets, letter.length)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same each time it is opened, also two at once', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ draft }) => {
        const letter = composeMessage(draft)
        const read = async (): Promise<Buffer> => octetsOf(letter)

        const [first, second] = await Promise.all([read(), read()])

        assert.deepEqual(first, second)
        assert.deepEqual(await read(), first)
      }),
      { numRuns: 20 },
    )
  })
})
