import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMailHost, type Fate, type MailHostOptions } from '../../src/testing.ts'
import { RawClient } from './raw-client.ts'
import {
  ACCOUNTS,
  envelope,
  lastLines,
  latin1,
  LETTER,
  logIn,
  OFFICE,
  send,
  SHOP,
  startHost,
  TIMEOUT_MS,
} from './running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Mail host and the fates of letters', { timeout: TIMEOUT_MS }, () => {
  function fateOfFirst(fate: Fate): Partial<MailHostOptions> {
    return { onLetter: ({ number }) => (number === 1 ? fate : { kind: 'deliver' }) }
  }

  test('loses one and says that it is accepted', async (t) => {
    const host = await startHost(t, fateOfFirst({ kind: 'lose' }))

    assert.match(await send(host, 'one\r\n'), /^250 /)
    await send(host, 'two\r\n')

    assert.deepEqual(lastLines(host), ['two'])
  })

  test('delivers one twice under two unique ids', async (t) => {
    const host = await startHost(t, fateOfFirst({ kind: 'duplicate' }))

    await send(host, 'one\r\n')

    assert.deepEqual(lastLines(host), ['one', 'one'])
    assert.deepEqual(
      host
        .mailbox(SHOP)
        .letters()
        .map(({ uid }) => uid),
      [1, 2],
    )
  })

  test('holds letters back and delivers them in another order', async (t) => {
    const host = await startHost(t, { onLetter: () => ({ kind: 'hold' }) })
    await send(host, 'one\r\n', 'two\r\n', 'three\r\n')
    assert.deepEqual(lastLines(host), [])

    host.release(host.held.slice(0, 2).toReversed())
    host.release()

    assert.deepEqual(lastLines(host), ['two', 'one', 'three'])
    assert.deepEqual(host.held, [])
  })

  test('does not deliver a held letter twice', async (t) => {
    const host = await startHost(t, { onLetter: () => ({ kind: 'hold' }) })
    await send(host, 'one\r\n')
    const { held } = host
    host.release()

    assert.throws(() => host.release(held), RangeError)
  })

  test('refuses one with the words of the test', async (t) => {
    const host = await startHost(
      t,
      fateOfFirst({ kind: 'refuse', code: 451, text: '4.7.1 greylisted' }),
    )

    assert.match(await send(host, 'one\r\n'), /^451 4\.7\.1 greylisted\r\n/)
    assert.deepEqual(lastLines(host), [])
  })

  for (const isStored of [true, false]) {
    test(`hangs up after the final dot with the letter ${isStored ? 'stored' : 'lost'}`, async (t) => {
      const host = await startHost(t, fateOfFirst({ kind: 'disconnect', isStored }))

      assert.equal(await send(host, 'one\r\n'), '')
      assert.deepEqual(lastLines(host), isStored ? ['one'] : [])
    })
  }

  test('shows the hook the whole letter', async (t) => {
    const seen: string[] = []
    const host = await startHost(t, {
      onLetter: ({ reversePath, forwardPaths, octets }) => {
        seen.push(reversePath, ...forwardPaths, latin1.decode(octets.slice(-LETTER.length)))
        return { kind: 'deliver' }
      },
    })

    await send(host, LETTER)

    assert.deepEqual(seen, [OFFICE, SHOP, LETTER])
  })
})

describe('Mail host and faults of commands', { timeout: TIMEOUT_MS }, () => {
  const commands = ['EHLO c.example', `MAIL FROM:<${OFFICE}>`, `RCPT TO:<${SHOP}>`, 'DATA', 'QUIT']
  for (const command of commands) {
    test(`breaks an SMTP connection at ${command}`, async (t) => {
      const host = await startHost(t, {
        onCommand: (_, line) => (line === command ? 'disconnect' : 'proceed'),
      })
      using client = RawClient.connect(host.smtp.port)

      client.write(`${envelope(SHOP)}${command === 'QUIT' ? '' : 'DATA\r\n.\r\n'}QUIT\r\n`)

      assert.doesNotMatch(await client.hearAll(), /^221 /m)
      assert.deepEqual(lastLines(host), [])
    })
  }

  test('says something else instead of executing a command', async (t) => {
    const host = await startHost(t, {
      onCommand: (protocol, line) =>
        protocol === 'pop3' && line.startsWith('PASS')
          ? { reply: '-ERR [SYS/TEMP] come back later' }
          : 'proceed',
    })
    using client = RawClient.connect(host.pop3.port)

    await client.ask(
      `USER ${SHOP}\r\nPASS tan staaf\r\n`,
      /^-ERR \[SYS\/TEMP\] come back later\r\n/m,
    )
  })

  test('deletes nothing when the line breaks at QUIT', async (t) => {
    const host = await startHost(t, {
      onCommand: (_, line) => (line === 'QUIT' ? 'disconnect' : 'proceed'),
    })
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    client.write('DELE 1\r\nQUIT\r\n')
    await client.hearAll()

    assert.equal(host.mailbox(SHOP).letters().length, 1)
  })

  test('reports a hook that throws when the host is closed', async () => {
    const host = await startMailHost({
      accounts: ACCOUNTS,
      onCommand: () => {
        throw new Error('the test is wrong')
      },
    })
    using client = RawClient.connect(host.smtp.port)
    client.write('NOOP\r\n')
    await client.hearAll()

    await assert.rejects(host.close(), /the test is wrong/)
    await host.close()
  })
})
