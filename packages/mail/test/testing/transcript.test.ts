import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { parseTranscript } from '../../src/testing/transcript.ts'

describe('A transcript', () => {
  it('has turns of whole lines', () => {
    const steps = parseTranscript(`
      # what a server says to STARTTLS
      S: 220 mail.example.org
      C: STARTTLS

      S: 220-go
      S: 220 ahead
      -- TLS
      S:
      C: EHLO x
    `)

    assert.deepEqual(steps, [
      { kind: 'server', octets: octetsOf('220 mail.example.org\r\n') },
      { kind: 'client', octets: octetsOf('STARTTLS\r\n') },
      { kind: 'server', octets: octetsOf('220-go\r\n220 ahead\r\n') },
      { kind: 'tls' },
      { kind: 'server', octets: octetsOf('\r\n') },
      { kind: 'client', octets: octetsOf('EHLO x\r\n') },
    ])
  })

  for (const { name, text, octets } of [
    { name: 'half a line', text: 'S: 25\\', octets: '25' },
    { name: 'two halves', text: 'S: 25\\\nS: 0 ok', octets: '250 ok\r\n' },
    { name: 'a bare LF', text: 'S: 250 ok\\x0a\\', octets: '250 ok\n' },
    { name: 'a backslash', text: 'S: a\\\\', octets: 'a\\\r\n' },
    { name: 'UTF-8', text: 'S: ящик', octets: 'ящик\r\n' },
    { name: 'a space at the end', text: 'S: + ', octets: '+ \r\n' },
  ]) {
    it(`can hold ${name}`, () => {
      assert.deepEqual(parseTranscript(text), [{ kind: 'server', octets: octetsOf(octets) }])
    })
  }

  it('can hold any octet', () => {
    assert.deepEqual(parseTranscript('C: \\xff\\x00\\'), [
      { kind: 'client', octets: Uint8Array.of(0xff, 0) },
    ])
  })

  for (const line of ['X: 220', 'C:NOOP', '220 hello', '-- tls']) {
    it(`does not hold ${JSON.stringify(line)}`, () => {
      assert.throws(() => parseTranscript(`S: 220\n${line}`), /line 2/)
    })
  }
})
