import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import type { Address } from 'postal-mime'
import type { AddressListEntry } from '../../src/address/address-list.ts'
import { parseAddressField } from '../../src/mime/address-field.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { anyDraft, type DraftAndFiles } from './any-draft.ts'
import { latin } from './cut.ts'
import { compose, octetsOf } from './drafts.ts'
import { readLetter } from './letters.ts'

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
function expectedBodies({ draft, attached }: DraftAndFiles): readonly string[] {
  const isShown = (each: DraftAndFiles['attached'][number]): boolean =>
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
      fc.asyncProperty(anyDraft, async ({ draft, attached }) => {
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
      fc.asyncProperty(anyDraft, async (all) => {
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
      fc.asyncProperty(anyDraft, async ({ draft }) => {
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
