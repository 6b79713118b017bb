/** Drafts of letters with whatever is awkward in them, for properties. */
import fc from 'fast-check'
import type { AddressListEntry } from '../../src/address/address-list.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import type { DraftAttachment, MessageDraft } from '../../src/mime/message.ts'
import { cutAt } from './cut.ts'
import { piecesOf } from './drafts.ts'

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
export interface DraftAndFiles {
  readonly draft: MessageDraft
  readonly attached: readonly {
    readonly content: Uint8Array
    readonly attachment: DraftAttachment
  }[]
}

export const anyDraft: fc.Arbitrary<DraftAndFiles> = fc
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
