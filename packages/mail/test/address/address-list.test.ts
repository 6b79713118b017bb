import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatAddressList, mailboxesOf, parseAddressList } from '../../src/address/address-list.ts'
import { AddressInvalid } from '../../src/address/errors.ts'

describe('Address list', () => {
  it('holds mailboxes and groups (RFC 5322 §A.1.3)', () => {
    const list = parseAddressList(
      'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;, "Last, First" <l@f.test>',
    )

    assert.deepEqual(
      list.map((entry) => [entry.kind, entry.displayName]),
      [
        ['group', 'A Group'],
        ['mailbox', 'Last, First'],
      ],
    )
    assert.deepEqual(
      mailboxesOf(list).map((mailbox) => mailbox.addrSpec),
      ['c@a.test', 'joe@where.test', 'jdoe@one.test', 'l@f.test'],
    )
  })

  it('may hold an empty group, comments and empty places (RFC 5322 §A.5, §A.6.1)', () => {
    assert.deepEqual(
      parseAddressList('(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;'),
      [{ kind: 'group', displayName: 'Hidden recipients', members: [] }],
    )
    assert.deepEqual(mailboxesOf(parseAddressList(',,a@b.test ,, c@d.test,')).map(String), [
      'a@b.test',
      'c@d.test',
    ])
    assert.deepEqual(parseAddressList(' '), [])
  })

  it('reads back what it writes', () => {
    const list = parseAddressList('"Doe; J, \\"x\\"" <"a b"@c.test>, Team:a@b.test, Ж <c@d.test>;')

    assert.deepEqual(parseAddressList(formatAddressList(list)), list)
  })

  it('is refused as a whole when one entry is wrong', () => {
    for (const text of [
      'a@b.test, c',
      'a@b.test c@d.test',
      'G: a@b.test',
      'G: a@b.test c@d.test;',
      'a@b.test;',
    ]) {
      assert.throws(() => parseAddressList(text), AddressInvalid, text)
    }
  })
})
