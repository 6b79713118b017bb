import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pop3Capabilities } from '../../src/pop3/capabilities.ts'

describe('POP3 capabilities', () => {
  it('are known by tag and parameters (RFC 2449 §5)', () => {
    const capabilities = Pop3Capabilities.parse([
      'TOP',
      'SASL PLAIN LOGIN',
      'EXPIRE 60',
      'IMPLEMENTATION A b-c 1.0',
    ])

    assert.ok(capabilities.isKnown)
    assert.ok(capabilities.has('TOP'))
    assert.ok(!capabilities.has('UIDL'))
    assert.deepEqual(capabilities.parameters('EXPIRE'), ['60'])
    assert.deepEqual(capabilities.saslMechanisms, ['PLAIN', 'LOGIN'])
    assert.deepEqual(capabilities.parameters('IMPLEMENTATION'), ['A', 'b-c', '1.0'])
  })

  it('are the same in any case, with any white space', () => {
    const capabilities = Pop3Capabilities.parse([' sasl\tPLAIN  LOGIN ', ''])

    assert.ok(capabilities.has('Sasl'))
    assert.deepEqual(capabilities.saslMechanisms, ['PLAIN', 'LOGIN'])
  })

  it('are read in a time that grows with the listing and not with its square', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `SASL M${index}`)
    const began = performance.now()

    const { saslMechanisms } = Pop3Capabilities.parse(lines)

    assert.equal(saslMechanisms.length, lines.length)
    assert.ok(performance.now() - began < 2_000)
  })

  it('are not found in the middle of a line', () => {
    const capabilities = Pop3Capabilities.parse(['IMPLEMENTATION STLS UIDL-server'])

    assert.ok(!capabilities.has('STLS'))
    assert.ok(!capabilities.has('UIDL'))
  })

  it('that come twice keep the parameters of both', () => {
    assert.deepEqual(Pop3Capabilities.parse(['SASL PLAIN', 'SASL LOGIN']).saslMechanisms, [
      'PLAIN',
      'LOGIN',
    ])
  })

  it('P9 of a server without CAPA are unknown: nothing follows from what is missing', () => {
    assert.ok(!Pop3Capabilities.unknown().isKnown)
    assert.ok(!Pop3Capabilities.unknown().has('TOP'))
    assert.deepEqual(Pop3Capabilities.unknown().saslMechanisms, [])
  })
})
