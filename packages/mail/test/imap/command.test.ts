import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { CommandPart, formatCommand, formatSaslResponse, layOut } from '../../src/imap/command.ts'
import type { LiteralMode } from '../../src/imap/command.ts'
import { MailboxName } from '../../src/imap/mailbox-name.ts'
import { SequenceSet, UidSet } from '../../src/imap/number-set.ts'

/** What is sent, `|` where the server is waited for. */
function sent(part: CommandPart, mode: LiteralMode = 'waiting'): string {
  return layOut('A1', formatCommand('X', part), mode)
    .map(({ octets, awaitsContinuation }) => textOf(octets) + (awaitsContinuation ? '|' : ''))
    .join('')
}

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'a\r\nA2 LOGOUT',
    '"',
    '\\',
    '{3+}\r\nabc',
    '\0',
    ') (',
    '* % ]',
    'ж\n',
    '\ud800',
  ),
)

describe('An IMAP command', () => {
  it('I3 is one line whatever text is put into it, or is not made at all', () => {
    const makers: readonly ((text: string) => CommandPart)[] = [
      (text) => CommandPart.atom(text),
      (text) => CommandPart.flag(text),
      (text) => CommandPart.keywords(text),
      (text) => CommandPart.base64(text),
      (text) => CommandPart.section({ item: 'BODY.PEEK', part: text }),
      (text) => CommandPart.section({ item: 'BODY.PEEK', of: 'HEADER.FIELDS', fields: [text] }),
      (text) => CommandPart.mailbox(text, 'modified-utf-7'),
      (text) => CommandPart.mailbox(text, 'utf-8'),
      (text) => CommandPart.string(text, 'modified-utf-7'),
      (text) => CommandPart.string(text, 'utf-8'),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...makers), nasty, (make, text) => {
        let part: CommandPart
        try {
          part = make(text)
        } catch (error) {
          assert.ok(error instanceof RangeError)
          return
        }
        assert.deepEqual(withoutLiterals(octetsOf(sent(part, 'at-once'))), { lines: 1, nuls: 0 })
      }),
      { numRuns: 1_000 },
    )
  })

  it('I3 shows nothing of what it refuses', () => {
    assert.throws(
      () => CommandPart.atom('secret\r\n'),
      (error) => error instanceof RangeError && !error.message.includes('secret'),
    )
  })

  for (const { name, part, expected } of [
    { name: 'quotes', part: CommandPart.string('a "b" \\', 'utf-8'), expected: '"a \\"b\\" \\\\"' },
    { name: 'an empty text', part: CommandPart.string('', 'utf-8'), expected: '""' },
    { name: 'UTF-8', part: CommandPart.string('ж', 'utf-8'), expected: '"ж"' },
    {
      name: 'what is not ASCII',
      part: CommandPart.string('ж', 'modified-utf-7'),
      expected: '{2}\r\n|ж',
    },
    { name: 'line ends', part: CommandPart.string('a\r\n', 'utf-8'), expected: '{3}\r\n|a\r\n' },
    { name: 'a mailbox', part: CommandPart.mailbox('Ж&', 'modified-utf-7'), expected: '"&BBY-&-"' },
    { name: 'a mailbox in UTF-8', part: CommandPart.mailbox('Ж&', 'utf-8'), expected: '"Ж&"' },
    { name: 'the inbox', part: CommandPart.mailbox('inbox', 'utf-8'), expected: '"INBOX"' },
    { name: 'a set', part: CommandPart.set(UidSet.of([1, 2, 4])), expected: '1:2,4' },
    { name: 'sequence numbers', part: CommandPart.set(SequenceSet.from(3)), expected: '3:*' },
    { name: 'a flag', part: CommandPart.flag('\\Seen'), expected: '\\Seen' },
    { name: 'a number', part: CommandPart.number(2n ** 62n), expected: '4611686018427387904' },
    {
      name: 'a moment',
      part: CommandPart.dateTime(new Date('2026-02-03T04:05:06Z')),
      expected: '" 3-Feb-2026 04:05:06 +0000"',
    },
    {
      name: 'a day',
      part: CommandPart.date(new Date('2026-02-03T04:05:06Z')),
      expected: '3-Feb-2026',
    },
    {
      name: 'a list',
      part: CommandPart.list([CommandPart.atom('a'), CommandPart.list([]), CommandPart.atom('b')]),
      expected: '(a () b)',
    },
    {
      name: 'a section',
      part: CommandPart.section({
        item: 'BODY.PEEK',
        part: '1.2',
        of: 'HEADER.FIELDS',
        fields: ['Date', 'From'],
        piece: { offset: 0, octetCount: 9 },
      }),
      expected: 'BODY.PEEK[1.2.HEADER.FIELDS (Date From)]<0.9>',
    },
    { name: 'a letter', part: CommandPart.section({ item: 'BODY' }), expected: 'BODY[]' },
  ]) {
    it(`writes ${name}`, () => {
      assert.equal(sent(part), `A1 X ${expected}\r\n`)
    })
  }

  for (const [name, make] of [
    ['an empty set', () => CommandPart.set(UidSet.of([]))],
    ['a number below zero', () => CommandPart.number(-1)],
    ['half a number', () => CommandPart.number(1.5)],
    ['a part that is none', () => CommandPart.section({ item: 'BODY', part: '0' })],
    ['MIME of the letter', () => CommandPart.section({ item: 'BODY', of: 'MIME' })],
    [
      'an empty piece',
      () => CommandPart.section({ item: 'BODY', piece: { offset: 0, octetCount: 0 } }),
    ],
    ['a year of five digits', () => CommandPart.date(new Date('+012345-01-01'))],
    ['no date', () => CommandPart.dateTime(new Date(NaN))],
    ['NUL', () => CommandPart.string('\0', 'utf-8')],
  ] as const) {
    it(`I3 is not made of ${name}`, () => {
      assert.throws(make, RangeError)
    })
  }

  it('waits before a literal unless the server lets it be', () => {
    const small = CommandPart.string('ж', 'modified-utf-7')
    const large = CommandPart.string('ж'.repeat(2_049), 'modified-utf-7')

    assert.match(sent(small, 'waiting'), /^A1 X \{2\}\r\n\|ж\r\n$/)
    assert.match(sent(small, 'small-at-once'), /^A1 X \{2\+\}\r\nж\r\n$/)
    assert.match(sent(large, 'small-at-once'), /^A1 X \{4098\}\r\n\|/)
    assert.match(sent(large, 'at-once'), /^A1 X \{4098\+\}\r\nж/)
  })

  it('I4 sends the octets of a listed name as they came', () => {
    const octets = Uint8Array.of(0x63, 0xe9)
    const part = CommandPart.mailbox(MailboxName.read(octets, 'modified-utf-7'), 'modified-utf-7')
    const [, chunk] = layOut('A1', formatCommand('X', part), 'waiting')

    assert.deepEqual([...(chunk?.octets ?? [])], [...octets, 0x0d, 0x0a])
  })

  it('I3 has base64 alone on the line of a SASL response', () => {
    assert.equal(textOf(formatSaslResponse('YWI=')), 'YWI=\r\n')
    assert.equal(textOf(formatSaslResponse('')), '\r\n')
    assert.throws(() => formatSaslResponse('YWI=\r\nA2 LOGOUT'), RangeError)
  })
})

/** Counts what a server would take for line ends, as one that reads literals. */
function withoutLiterals(octets: Uint8Array): { readonly lines: number; readonly nuls: number } {
  let rest = octets
  const kept: Uint8Array[] = []
  for (;;) {
    const match = /\{(\d+)\+\}\r\n/.exec(Buffer.from(rest).toString('latin1'))
    if (match === null) break
    const from = match.index + match[0].length
    kept.push(rest.subarray(0, match.index))
    rest = rest.subarray(from + Number(match[1]))
  }
  const text = Buffer.from(concatOctets([...kept, rest])).toString('latin1')
  return { lines: text.split('\n').length - 1, nuls: text.split('\0').length - 1 }
}
