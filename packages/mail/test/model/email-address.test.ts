import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Email, EmailAddress, EmailAddressException, EmailException } from '../../src/index.ts'
import { AddressInvalid } from '../../src/errors.ts'

describe('an EmailAddress', () => {
  it('shows itself as an address in angle brackets, behind its name if it has one', () => {
    const named = new EmailAddress('shop@example.org', 'Склад № 1, главный')
    const bare = new EmailAddress({ address: 'shop@example.org' })

    assert.equal(String(bare), '<shop@example.org>')
    assert.equal(bare.displayName, '')
    assert.equal(named.toString(), 'Склад № 1, главный <shop@example.org>')
    assert.equal(named.presentation(), named.toString())
    assert.equal(inspect(named), 'EmailAddress Склад № 1, главный <shop@example.org>')
    assert.deepEqual(JSON.parse(JSON.stringify(bare)), {
      address: 'shop@example.org',
      displayName: '',
    })
  })

  it('takes a name from around the address, unless it is given one', () => {
    const typed = new EmailAddress('Shop <shop@example.org>')

    assert.deepEqual([typed.address, typed.displayName], ['shop@example.org', 'Shop'])
    assert.equal(new EmailAddress('Shop <shop@example.org>', 'Склад').displayName, 'Склад')
  })

  it('equals another by the address alone: the local part to the letter, the domain not', () => {
    const address = new EmailAddress('shop@example.org', 'A')

    assert.equal(address.equals(new EmailAddress('shop@EXAMPLE.org', 'B')), true)
    assert.equal(address.equals(new EmailAddress('Shop@example.org')), false)
  })

  for (const input of ['', 'shop', 'a@b, c@d', 'a@b\r\nBcc: c@d', '<a@b> c']) {
    it(`is not made of ${JSON.stringify(input)}`, () => {
      assert.throws(
        () => new EmailAddress(input),
        (error) =>
          error instanceof EmailAddressException &&
          error instanceof EmailException &&
          error.code === 'EMAIL_ADDRESS_INVALID' &&
          error.cause instanceof AddressInvalid &&
          error.input === input,
      )
    })
  }

  it('has no line break in its name', () => {
    assert.throws(() => new EmailAddress('a@example.org', 'x\r\nBcc: y'), EmailAddressException)
  })

  it('is asked for wherever a letter takes one', () => {
    assert.throws(() => new Email('nobody'), EmailAddressException)
    assert.throws(() => new Email('a@example.org', ['b']), EmailAddressException)
    assert.throws(() => new Email('a@example.org').setReplyTo('c'), EmailAddressException)
  })
})
