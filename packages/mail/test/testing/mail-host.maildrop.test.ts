import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RawClient } from './raw-client.ts'
import { LETTER, logIn, logInWhenFree, SHOP, startHost, TIMEOUT_MS } from './running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Mail host and maildrops', { timeout: TIMEOUT_MS }, () => {
  test('refuses a wrong password and an unknown user alike', async (t) => {
    const host = await startHost(t)
    using client = RawClient.connect(host.pop3.port)

    const wrong = await client.ask(`USER ${SHOP}\r\nPASS x\r\n`, /^-ERR.*\r\n/m)
    const unknown = await client.ask('USER nobody\r\nPASS x\r\n', /^-ERR.*\r\n/m)

    assert.equal(/-ERR.*/.exec(wrong)?.[0], /-ERR.*/.exec(unknown)?.[0])
  })

  test('lets one session at a time in', async (t) => {
    const host = await startHost(t)
    using first = await logIn(host)
    using second = RawClient.connect(host.pop3.port)

    await second.ask(`USER ${SHOP}\r\nPASS tan staaf\r\n`, /^-ERR \[IN-USE\] /m)
    await first.ask('QUIT\r\n')
    await second.ask(`USER ${SHOP}\r\nPASS tan staaf\r\n`, /locked and ready/)
  })

  test('deletes at QUIT and not before', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    await client.ask('DELE 1\r\n')
    const before = host.mailbox(SHOP).letters().length
    await client.ask('QUIT\r\n')

    assert.deepEqual([before, host.mailbox(SHOP).letters().length], [1, 0])
  })

  test('keeps the letters and gives up the lock when the client hangs up', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    const client = await logIn(host)

    await client.ask('DELE 1\r\n')
    client.hangUp()

    using next = await logInWhenFree(host)
    assert.match(await next.ask('STAT\r\n'), /^\+OK 1 /)
  })

  test('counts a letter as read once RETR has fetched it', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    await client.ask('TOP 1 100\r\n', /\r\n\.\r\n/)
    await client.ask('RETR 2\r\n', /\r\n\.\r\n/)
    await client.ask('QUIT\r\n')

    assert.deepEqual(
      host
        .mailbox(SHOP)
        .letters()
        .map(({ isRead }) => isRead),
      [false, true],
    )
  })

  test('does not count a letter as read whose reader went away half-way', async (t) => {
    const host = await startHost(t)
    // More than the buffers of both sides and of the system hold.
    host.mailbox(SHOP).put('x'.repeat(20_000_000))
    const client = await logIn(host)

    await client.ask('RETR 1\r\n', /x/)
    client.pause()
    client.hangUp()
    using next = await logInWhenFree(host)
    await next.ask('NOOP\r\n')

    assert.equal(host.mailbox(SHOP).letters()[0]?.isRead, false)
  })

  test('says so when a letter was removed behind its back', async (t) => {
    const host = await startHost(t)
    const { uid } = host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    host.mailbox(SHOP).remove(uid)

    await client.ask('RETR 1\r\n', /^-ERR \[SYS\/PERM\] /)
    await client.ask('DELE 1\r\nQUIT\r\n', /goodbye/)
  })

  test('numbers no letter in a session that came after the login', async (t) => {
    const host = await startHost(t)
    using client = await logIn(host)

    host.mailbox(SHOP).put(LETTER)

    assert.match(await client.ask('STAT\r\n'), /^\+OK 0 0/)
  })
})
