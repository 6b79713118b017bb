import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { resolveSecret } from '../../src/config/secrets.ts'
import { SecretMissing } from '../../src/errors/config-error.ts'
import { TestSite } from '../test-site.ts'

describe('password by reference', () => {
  it('is the value of an environment variable', () => {
    const secret = resolveSecret({ kind: 'env', name: 'PASSWORD' }, { PASSWORD: ' tanstaaf ' })

    assert.equal(secret.reveal(), ' tanstaaf ')
  })

  it('is the content of a file, without its last line end', () => {
    using site = new TestSite('')
    site.write('secret', 'tan\nstaaf\r\n')

    const secret = resolveSecret({ kind: 'file', path: site.pathOf('secret') }, {})

    assert.equal(secret.reveal(), 'tan\nstaaf')
  })

  it('is missing where there is nothing', () => {
    using site = new TestSite('')
    site.write('empty', '\n')
    const env = { kind: 'env', name: 'PASSWORD' } as const

    assert.throws(() => resolveSecret(env, { PASSWORD: '' }), {
      name: SecretMissing.name,
      code: 'SECRET_MISSING',
      reference: env,
      message: 'the password is not in the environment variable PASSWORD',
    })
    for (const name of ['empty', 'absent']) {
      const path = site.pathOf(name)
      assert.throws(() => resolveSecret({ kind: 'file', path }, {}), {
        message: `the password is not in the file ${path}`,
      })
    }
  })
})
