import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAddressList } from '../../src/address/address-list.ts'
import type { AddressListEntry } from '../../src/address/address-list.ts'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'

/** `name|addr-spec` for a mailbox, `name:[…]` for a group. */
function shown(entry: AddressListEntry): string {
  if (entry.kind === 'group') return `${entry.displayName}:[${entry.members.map(shown).join(' ')}]`
  return entry.displayName === undefined ? entry.addrSpec : `${entry.displayName}|${entry.addrSpec}`
}

const READ: readonly (readonly [text: string, ...entries: string[]])[] = [
  // Local parts.
  ['a@b.test', 'a@b.test'],
  ["!#$%&'*+-/=?^_`{|}~@b.test", "!#$%&'*+-/=?^_`{|}~@b.test"],
  ['a.b.c@d.test', 'a.b.c@d.test'],
  ['"a b"@c.test', '"a b"@c.test'],
  ['"a@b"@c.test', '"a@b"@c.test'],
  [String.raw`"a\"b"@c.test`, String.raw`"a\"b"@c.test`],
  [String.raw`"a\\"@c.test`, String.raw`"a\\"@c.test`],
  ['".a"@c.test', '".a"@c.test'],
  ['"a..b"@c.test', '"a..b"@c.test'],
  ['""@c.test', '""@c.test'],
  ['"plain"@c.test', 'plain@c.test'],
  ['"foo> ORCPT=x"@c.test', '"foo> ORCPT=x"@c.test'],
  ['a."b c".d@e.test', '"a.b c.d"@e.test'],
  ['a . b@c.test', 'a.b@c.test'],
  // Domains.
  ['a@[192.0.2.1]', 'a@[192.0.2.1]'],
  ['a@[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
  ['a@[ 192.0.2.1 ]', 'a@[192.0.2.1]'],
  ['a@b . c.test', 'a@b.c.test'],
  ['a@B.Test', 'a@B.Test'],
  // Names.
  ['A B <a@b.test>', 'A B|a@b.test'],
  ['  A   B  <a@b.test>  ', 'A B|a@b.test'],
  ['"A  B" <a@b.test>', 'A  B|a@b.test'],
  ['"A, B" <a@b.test>', 'A, B|a@b.test'],
  ['"x@evil.test" <a@b.test>', 'x@evil.test|a@b.test'],
  [String.raw`"A \"B\" C" <a@b.test>`, 'A "B" C|a@b.test'],
  ['"A"B"C" <a@b.test>', 'A B C|a@b.test'],
  ['A.B.C. <a@b.test>', 'A.B.C.|a@b.test'],
  ["O'Neill <o@b.test>", "O'Neill|o@b.test"],
  ['=?utf-8?Q?A=2C?= <a@b.test>', '=?utf-8?Q?A=2C?=|a@b.test'],
  ['<a@b.test>', 'a@b.test'],
  ['Ж. Ё. <ж@b.test>', 'Ж. Ё.|ж@b.test'],
  // Comments: nothing in one is an address, and one in an address changes nothing.
  ['a(comment)@(more)b.test', 'a@b.test'],
  ['(a (nested (deep)) one) a@b.test', 'a@b.test'],
  [String.raw`a@b.test (\) <evil@c.test>)`, 'a@b.test'],
  ['A (B) <a@b.test (C)> (D)', 'A|a@b.test'],
  ['a@b.test (evil@c.test)', 'a@b.test'],
  ['a@b.(x)test', 'a@b.test'],
  // Routes are dropped.
  ['<@relay.test:a@b.test>', 'a@b.test'],
  ['A <@r1.test,@r2.test:a@b.test>', 'A|a@b.test'],
  // Lists and groups.
  ['a@b.test,c@d.test', 'a@b.test', 'c@d.test'],
  [',a@b.test,,', 'a@b.test'],
  ['Team:a@b.test,C <c@d.test>;', 'Team:[a@b.test C|c@d.test]'],
  ['undisclosed-recipients:;', 'undisclosed-recipients:[]'],
  ['"G: x" : a@b.test ; , c@d.test', 'G: x:[a@b.test]', 'c@d.test'],
  ['G:,a@b.test,;', 'G:[a@b.test]'],
  ['A\r\n <a@b.test>,\r\n\tc@d.test', 'A|a@b.test', 'c@d.test'],
]

const REFUSED: readonly string[] = [
  'a',
  '@b.test',
  'a@',
  'a@b.test>',
  '<a@b.test',
  'A <a@b.test> B',
  'a@b@c.test',
  'a b@c.test',
  'user@good(x)evil',
  'user@good.test(x)evil.test',
  '"a@b.test',
  '"a" b"@c.test',
  'a@b.test (open',
  'a@b.test )',
  '.a@b.test',
  'a.@b.test',
  'a..b@c.test',
  'a@.b.test',
  'a@b..test',
  'a@b.test.',
  'a@-b.test',
  'a@b-.test',
  'a@[192.0.2.1',
  'a@[]',
  'a@[1]x',
  'a@"b".test ',
  'a@b.test; c@d.test',
  'G:a@b.test',
  'G:H:a@b.test;;',
  'a@b.test\r\nBcc: c@d.test',
  'a@b\0.test',
  'a\u0085@b.test',
  '"a\r\nb"@c.test',
  'a@b test',
  'a＠b.test',
  '<>',
  `${'x'.repeat(65)}@b.test`,
  `a@${'x'.repeat(64)}.test`,
]

describe('The grammar of addresses (RFC 5322 §3.4, §4.4)', () => {
  for (const [text, ...entries] of READ) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const list = parseAddressList(text)

      assert.deepEqual(list.map(shown), entries)
      const again = list.map((entry) =>
        entry.kind === 'group' ? entry : MailboxAddress.parse(String(entry)),
      )
      assert.deepEqual(again, list)
    })
  }

  for (const text of REFUSED) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAddressList(text), AddressInvalid)
    })
  }
})
