import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settingsOf } from '../../src/net/settings.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { openImap } from '../../src/imap.ts'
import { openPop3 } from '../../src/pop3.ts'
import { openSmtp, Secret } from '../../src/smtp.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const DEFAULTS = { firstMs: 1, secondMs: 2 }
const server = {
  host: '127.0.0.1',
  port: 1,
  tls: 'none',
  credentials: { user: 'tim', password: new Secret('tanstaaf') },
} as const

describe('Deadlines and limits', () => {
  it('are those that were given, and by default the others; undefined is not given', () => {
    assert.deepEqual(settingsOf(DEFAULTS), DEFAULTS)
    const given: { firstMs?: number } = { firstMs: 0 }
    assert.deepEqual(settingsOf(DEFAULTS, given), { firstMs: 0, secondMs: 2 })
    Reflect.set(given, 'firstMs', undefined)
    assert.deepEqual(settingsOf(DEFAULTS, given), DEFAULTS)
  })

  for (const value of [Number.NaN, -1, '30', null]) {
    it(`are numbers from 0: ${JSON.stringify(value)}`, () => {
      const given = {}
      Reflect.set(given, 'secondMs', value)

      assert.throws(() => settingsOf(DEFAULTS, given), {
        name: 'RangeError',
        message: `secondMs is a number from 0, not ${value}`,
      })
    })
  }

  it('are looked at before there is a connection', async () => {
    const wrong = { limits: { maxLineOctets: Number.NaN } }

    await assert.rejects(openSmtp(server, wrong), RangeError)
    await assert.rejects(openPop3(server, wrong), RangeError)
    await assert.rejects(openImap(server, wrong), RangeError)
    for (const options of [{ totalTimeoutMs: Number.NaN }, { deadlines: { connectMs: -1 } }]) {
      await assert.rejects(openConnection(server, options), RangeError)
    }
  })
})

describe('A host', () => {
  for (const host of ['', ' ', 'mail\r\nexample', undefined, null]) {
    it(`S17 is never this machine for want of a name: ${JSON.stringify(host)}`, async () => {
      const unchecked = { ...server }
      Reflect.set(unchecked, 'host', host)

      await assert.rejects(openSmtp(unchecked), {
        name: 'RangeError',
        message: "the server's host is none",
      })
    })
  }
})
