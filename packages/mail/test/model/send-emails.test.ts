import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SmtpClient, SmtpConnectionParameters } from '../../src/index.ts'
import { Aborted, ConnectionFailed } from '../../src/errors.ts'
import {
  letters,
  lettersTo,
  parametersOf,
  SHOP,
  startHost,
  withoutExtensions,
} from './sending-world.ts'

describe('sending several letters', () => {
  it('goes on after a failure, in their order, over one connection', async () => {
    const greetings: string[] = []
    await using host = await startHost({
      onCommand: (_protocol, line) => {
        if (line.startsWith('EHLO')) greetings.push(line)
        return 'proceed'
      },
    })
    const emails = lettersTo(SHOP, 'nobody@example.org', SHOP, 'noone@example.org', SHOP)

    const results = await SmtpClient.send(parametersOf(host), emails)

    assert.deepEqual(
      results.map((result) => result.isSuccessful()),
      [true, false, true, false, true],
    )
    assert.deepEqual(
      results.map(({ message }) => message),
      emails,
    )
    assert.equal(results[1]?.exception?.smtpCode, 550)
    assert.deepEqual(
      letters(host, SHOP).map((letter) => /number \d/.exec(letter)?.[0]),
      ['number 0', 'number 2', 'number 4'],
    )
    assert.equal(greetings.length, 1)
  })

  it('makes a new connection for the letters that a lost one had not begun', async () => {
    let greetings = 0
    await using host = await startHost({
      onCommand: (_protocol, line) => {
        if (line.startsWith('EHLO')) greetings++
        return withoutExtensions(line)
      },
      onLetter: ({ number }) =>
        number === 2 ? { kind: 'disconnect', isStored: false } : { kind: 'deliver' },
    })

    const results = await SmtpClient.send(parametersOf(host), lettersTo(SHOP, SHOP, SHOP, SHOP))

    assert.deepEqual(
      results.map(({ exception }) => exception?.outcome),
      [undefined, 'unknown', undefined, undefined],
    )
    assert.equal(letters(host, SHOP).length, 3)
    assert.equal(greetings, 2)
  })

  it('gives every letter the same reason when there is no connection, and tries once', async () => {
    const parameters = new SmtpConnectionParameters({ server: '127.0.0.1', port: 1 })

    const results = await SmtpClient.send(parameters, lettersTo(...Array<string>(40).fill(SHOP)))

    const causes = new Set(results.map(({ exception }) => exception?.cause))
    assert.equal(results.length, 40)
    assert.equal(causes.size, 1)
    assert.ok([...causes][0] instanceof ConnectionFailed)
  })

  it('tells of each letter that a connection that never lasts did not take it', async () => {
    await using host = await startHost({
      onCommand: (_protocol, line) =>
        line.startsWith('MAIL') ? 'disconnect' : withoutExtensions(line),
    })

    const results = await SmtpClient.send(parametersOf(host), lettersTo(SHOP, SHOP, SHOP))

    assert.deepEqual(
      results.map(({ exception }) => exception?.outcome),
      ['failed', 'failed', 'failed'],
    )
  })

  it('ends with the signal, and says so of every letter that was left', async () => {
    const controller = new AbortController()
    await using host = await startHost({
      onCommand: (_protocol, line) => withoutExtensions(line),
      onLetter: ({ number }) => {
        if (number === 2) controller.abort()
        return { kind: 'deliver' }
      },
    })

    const results = await SmtpClient.send(parametersOf(host), lettersTo(SHOP, SHOP, SHOP, SHOP), {
      signal: controller.signal,
    })

    const [first, second, ...others] = results
    assert.equal(first?.isSuccessful(), true)
    assert.equal(second?.exception?.outcome, 'unknown')
    assert.equal(others.length, 2)
    for (const { exception } of others) assert.ok(exception?.cause instanceof Aborted)
  })

  it('composes no more letters ahead than are under way', async () => {
    let opened = 0
    let most = 0
    await using host = await startHost({
      onLetter: () => {
        most = Math.max(most, opened)
        opened--
        return { kind: 'deliver' }
      },
    })
    const emails = lettersTo(...Array<string>(60).fill(SHOP))
    for (const email of emails) {
      email.attachData(async function* () {
        opened++
        yield new Uint8Array([1])
      }, 'a.bin')
    }

    const results = await SmtpClient.send(parametersOf(host), emails)

    assert.ok(results.every((result) => result.isSuccessful()))
    assert.ok(most <= 16, `${most} were open at once`)
  })

  it('gives no results for no letters, and makes no connection for it', async () => {
    const parameters = new SmtpConnectionParameters({ server: '127.0.0.1', port: 1 })

    assert.deepEqual(await SmtpClient.send(parameters, []), [])
  })
})
