import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HostMechanism, hostMechanisms } from '../../src/testing/sasl/host-mechanisms.ts'

/** How the host answers the first message of SCRAM with this flag. */
function answerTo(flag: string, name: HostMechanism, offered: readonly HostMechanism[]): string {
  const mechanisms = hostMechanisms(offered, {
    passwordOf: () => 'pencil',
    tokenOf: () => undefined,
    userOfCertificate: () => undefined,
    isEncrypted: () => true,
    channelBinding: (type) =>
      type === 'tls-exporter' ? { type, octets: new Uint8Array(32) } : undefined,
    fingerprint: () => undefined,
  })
  const first = Buffer.from(`${flag},,n=user,r=fyko+d2lbbFgONRv9qkxdawL`).toString('base64')
  return mechanisms.begin(name)?.start(first).kind ?? 'unknown'
}

describe('SCRAM of the mail host', () => {
  const both = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] as const

  it('A6 with -PLUS takes a channel that is bound, and nothing else', () => {
    assert.deepEqual(
      ['p=tls-exporter', 'p=tls-unique', 'n', 'y'].map((flag) =>
        answerTo(flag, 'SCRAM-SHA-256-PLUS', both),
      ),
      ['challenge', 'refused', 'refused', 'refused'],
    )
  })

  it('A6 without it refuses who saw no -PLUS although it was offered', () => {
    assert.deepEqual(
      ['n', 'y', 'p=tls-exporter'].map((flag) => answerTo(flag, 'SCRAM-SHA-256', both)),
      ['challenge', 'refused', 'refused'],
    )
  })

  it('A6 where no -PLUS is offered takes who could have bound', () => {
    assert.deepEqual(
      ['n', 'y', 'p=tls-exporter'].map((flag) =>
        answerTo(flag, 'SCRAM-SHA-256', ['SCRAM-SHA-256']),
      ),
      ['challenge', 'challenge', 'refused'],
    )
  })
})
