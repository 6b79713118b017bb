import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import type { MessageDraft } from '../../src/mime/message.ts'
import { costOf } from '../cost-of.ts'
import { octets } from './cut.ts'
import { attach, draftOf } from './drafts.ts'

/** Sixteen times the draft may cost this many times the time. In proportion it is 16, squared it is 256. */
const MOST = 100
const FACTOR = 16

const recipients = (count: number): readonly MailboxAddress[] =>
  Array.from({ length: count }, (_, i) =>
    MailboxAddress.of({
      localPart: `box-${i}`,
      domain: 'example.org',
      displayName: `Склад № ${i}`,
    }),
  )

describe('Composing costs in proportion to', () => {
  const cases: readonly {
    readonly name: string
    readonly small: number
    readonly given: (count: number) => Partial<MessageDraft>
  }[] = [
    { name: 'recipients', small: 150, given: (count) => ({ to: recipients(count) }) },
    {
      name: 'members of a group',
      small: 150,
      given: (count) => ({
        cc: [{ kind: 'group', displayName: 'Все', members: recipients(count) }],
      }),
    },
    {
      name: 'attachments',
      small: 40,
      given: (count) => ({
        attachments: Array.from({ length: count }, () => attach(octets('x'))),
      }),
    },
    {
      name: 'references',
      small: 150,
      given: (count) => ({ references: Array.from({ length: count }, (_, i) => `<${i}@b.test>`) }),
    },
    { name: 'a subject', small: 500, given: (count) => ({ subject: 'ё=? '.repeat(count) }) },
    {
      name: 'a subject that is one character to its readers',
      small: 500,
      given: (count) => ({ subject: 'и\u0306\u0306\u200d'.repeat(count) }),
    },
    {
      name: 'a file name',
      small: 500,
      given: (count) => ({ attachments: [attach(octets('x'), { fileName: 'ё '.repeat(count) })] }),
    },
    { name: 'a text', small: 4_000, given: (count) => ({ text: 'слово\n'.repeat(count) }) },
    {
      name: 'a line of text',
      small: 4_000,
      given: (count) => ({ text: 'word = '.repeat(count) }),
    },
    { name: 'line ends', small: 4_000, given: (count) => ({ text: '\r\n\r\r'.repeat(count) }) },
    {
      name: 'a calendar',
      small: 4_000,
      given: (count) => ({ calendar: { method: 'ADD', content: 'METHOD;x '.repeat(count) } }),
    },
  ]
  for (const { name, small, given } of cases) {
    it(`${name}`, () => {
      const few = draftOf(given(small))
      const many = draftOf(given(small * FACTOR))
      costOf(() => composeMessage(few))

      const cost = costOf(() => composeMessage(many))

      // A small run may be too short for the clock; a millisecond more or less must not decide.
      assert.ok(cost < (costOf(() => composeMessage(few)) + 1000) * MOST)
    })
  }
})
