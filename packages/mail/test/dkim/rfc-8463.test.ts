import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { BodyCanonicalizer } from '../../src/dkim/canonical-body.ts'
import { readFields } from '../../src/dkim/header-fields.ts'
import { signatureInput } from '../../src/dkim/signature-input.ts'
import { readDkimKey } from '../../src/net/dkim-key.ts'
import { octets } from '../mime/cut.ts'
import * as rfc from './rfc-8463.ts'

async function signatureOf(
  selector: string,
  privateKey: string,
  unsigned: string,
): Promise<string> {
  const key = readDkimKey({ domain: 'football.example.com', selector, privateKey })
  const tags = { names: rfc.SIGNED_NAMES, headerCanonicalization: 'relaxed' } as const
  const signed = signatureInput(readFields(octets(rfc.HEADER)), unsigned, tags)
  return Buffer.from(await key.sign(signed)).toString('base64')
}

describe('The example of RFC 8463 Appendix A', () => {
  it('has the body hash that is printed there', () => {
    const hash = createHash('sha256')
    const body = new BodyCanonicalizer('relaxed', hash)
    body.push(octets(rfc.BODY))
    body.end()

    assert.equal(hash.digest('base64'), rfc.BODY_HASH)
  })

  it('gets the Ed25519 signature that is printed there', async () => {
    const signature = await signatureOf('brisbane', rfc.ED25519_SEED, rfc.ED25519_UNSIGNED)

    assert.equal(signature, rfc.ED25519_SIGNATURE)
  })

  it('gets the RSA signature that is printed there', async () => {
    const signature = await signatureOf('test', rfc.RSA_KEY, rfc.RSA_UNSIGNED)

    assert.equal(signature, rfc.RSA_SIGNATURE)
  })
})
