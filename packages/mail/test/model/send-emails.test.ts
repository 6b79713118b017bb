import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SmtpClient, SmtpConnectionParameters, type SendingFailure } from '../../src/index.ts'
import { Aborted, ConnectionFailed } from '../../src/errors.ts'
import type { MailHost, MailHostOptions } from '../../src/testing.ts'
import { letters, lettersTo, OTHER, parametersOf, SHOP, startHost } from './sending-world.ts'
import { takeCensus } from '../census.ts'

takeCensus()

/** Sends four letters to a host that hangs up on one of them instead of answering. */
async function sendWhileLosing(
  lost: number,
  options: Partial<MailHostOptions>,
): Promise<{
  readonly outcomes: readonly (SendingFailure | undefined)[]
  readonly greetings: number
  readonly host: MailHost
}> {
  let greetings = 0
  const host = await startHost({
    ...options,
    onCommand: (_protocol, line) => {
      if (line.startsWith('EHLO')) greetings++
      return 'proceed'
    },
    onLetter: ({ number }) =>
      number === lost ? { kind: 'disconnect', isStored: false } : { kind: 'deliver' },
  })
  const results = await SmtpClient.send(parametersOf(host), lettersTo(SHOP, SHOP, SHOP, SHOP))
  return { outcomes: results.map(({ exception }) => exception?.outcome), greetings, host }
}

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
    const { outcomes, greetings, host } = await sendWhileLosing(2, { offersChunking: false })
    await using _ = host

    assert.deepEqual(outcomes, [undefined, 'unknown', undefined, undefined])
    assert.equal(letters(host, SHOP).length, 3)
    assert.equal(greetings, 2)
  })

  it('says that those behind a letter which the connection was lost with may have arrived too, when they had left whole with CHUNKING', async () => {
    const { outcomes, greetings, host } = await sendWhileLosing(2, { offersChunking: true })
    await using _ = host

    assert.deepEqual(outcomes, [undefined, 'unknown', 'unknown', 'unknown'])
    assert.equal(letters(host, SHOP).length, 1)
    assert.equal(greetings, 1)
  })

  for (const fate of ['disconnect', { reply: '421 4.7.0 too many letters' }] as const) {
    it(`sends all letters to a server that takes few over each connection: ${JSON.stringify(fate)}`, async () => {
      let begun = 0
      let greetings = 0
      await using host = await startHost({
        offersChunking: false,
        onCommand: (_protocol, line) => {
          if (line.startsWith('EHLO')) {
            greetings++
            begun = 0
          }
          return line.startsWith('MAIL') && ++begun > 3 ? fate : 'proceed'
        },
      })

      const emails = lettersTo(...Array<string>(12).fill(SHOP))
      const results = await SmtpClient.send(parametersOf(host), emails)

      assert.ok(results.every((result) => result.isSuccessful()))
      assert.equal(letters(host, SHOP).length, 12)
      assert.equal(greetings, 4)
    })
  }

  for (const fate of ['disconnect', { reply: '421 4.7.0 go away' }] as const) {
    for (const offersChunking of [true, false]) {
      // With CHUNKING those that had left whole together with it are in doubt.
      for (const at of offersChunking ? [0] : [0, 5]) {
        it(`sends all others when letter ${at} is one that the server hangs up on, ${offersChunking ? 'with' : 'without'} CHUNKING: ${JSON.stringify(fate)}`, async () => {
          await using host = await startHost({
            offersChunking,
            onCommand: (_protocol, line) =>
              line.includes(OTHER) && line.startsWith('RCPT') ? fate : 'proceed',
          })
          const emails = lettersTo(...Array<string>(40).fill(SHOP))
          emails[at]?.setRecipients(OTHER)

          const results = await SmtpClient.send(parametersOf(host), emails)

          const failed = results.flatMap((result, index) => (result.isSuccessful() ? [] : [index]))
          assert.deepEqual(failed, [at])
          assert.equal(letters(host, SHOP).length, 39)
        })
      }

      it(`does not connect for each letter to a server that takes none, ${offersChunking ? 'with' : 'without'} CHUNKING: ${JSON.stringify(fate)}`, async () => {
        let greetings = 0
        await using host = await startHost({
          offersChunking,
          onCommand: (_protocol, line) => {
            if (line.startsWith('EHLO')) greetings++
            return line.startsWith('RCPT') ? fate : 'proceed'
          },
        })

        const emails = lettersTo(...Array<string>(160).fill(SHOP))
        const results = await SmtpClient.send(parametersOf(host), emails)

        assert.ok(results.every((result) => !result.isSuccessful()))
        // Three letters in a row show it, and then one of each sixteen that are under way together.
        assert.ok(greetings <= 32, `${greetings} connections`)
      })
    }
  }

  it('gives every letter the same reason when there is no connection, and tries once', async () => {
    const parameters = new SmtpConnectionParameters({ server: '127.0.0.1', port: 1 })

    const results = await SmtpClient.send(parameters, lettersTo(...Array<string>(40).fill(SHOP)))

    const causes = new Set(results.map(({ exception }) => exception?.cause))
    assert.equal(results.length, 40)
    assert.equal(causes.size, 1)
    assert.ok([...causes][0] instanceof ConnectionFailed)
  })

  for (const offersChunking of [true, false]) {
    it(`tells of each letter that a connection that never lasts did not take it, ${offersChunking ? 'with' : 'without'} CHUNKING`, async () => {
      await using host = await startHost({
        offersChunking,
        onCommand: (_protocol, line) => (line.startsWith('MAIL') ? 'disconnect' : 'proceed'),
      })

      const results = await SmtpClient.send(parametersOf(host), lettersTo(SHOP, SHOP, SHOP))

      assert.deepEqual(
        results.map(({ exception }) => exception?.outcome),
        ['failed', 'failed', 'failed'],
      )
    })
  }

  it('ends with the signal, and says so of every letter that was left', async () => {
    const controller = new AbortController()
    await using host = await startHost({
      offersChunking: false,
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

  it('ends with the signal, and says so of every letter that had not left whole with CHUNKING', async () => {
    const controller = new AbortController()
    await using host = await startHost({
      onLetter: () => {
        controller.abort()
        return { kind: 'deliver' }
      },
    })

    const results = await SmtpClient.send(
      parametersOf(host),
      lettersTo(...Array<string>(40).fill(SHOP)),
      {
        signal: controller.signal,
      },
    )

    const kinds = results.map(({ exception }) => exception?.outcome)
    const unknown = kinds.filter((kind) => kind === 'unknown').length
    assert.ok(unknown <= 16, `${unknown} may have arrived`)
    assert.equal(kinds.filter((kind) => kind === 'failed').length, 40 - unknown)
    assert.ok(letters(host, SHOP).length <= unknown)
    for (const { exception } of results) assert.ok(exception?.cause instanceof Aborted)
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
