import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { describeLaboratory, PORTS } from '../mail-servers/laboratory.ts'
import { missingRequirements } from '../mail-servers/requirements.ts'

describe('mail servers', () => {
  it('listen for every protocol in clear text, with STARTTLS and with TLS, on ports of their own', () => {
    assert.equal(new Set(PORTS.map(({ protocol, tls }) => `${protocol} ${tls}`)).size, 9)
    assert.equal(new Set(PORTS.map(({ port }) => port)).size, PORTS.length)
  })

  it('offer a mechanism without TLS only where clear text is what the port is for', () => {
    const tls = { ca: 'ca', certificate: 'c', key: 'k' }
    const { ports } = describeLaboratory({ folder: 'lab', tls }) as {
      ports: { tls: string; auth: string[]; auth_clear: string[] }[]
    }

    for (const port of ports) {
      assert.deepEqual(port.auth_clear, port.tls === 'none' ? port.auth : [])
    }
  })

  it('refuse a folder whose path is too long for a socket, and say so', () => {
    const reasons = missingRequirements(`/${'a'.repeat(64)}`).join('\n')

    assert.match(reasons, /Take a folder whose path is plain and has at most 64 characters/)
  })
})
