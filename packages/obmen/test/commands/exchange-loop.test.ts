import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type NodeExchange, parseNodeCode } from '@obmen/exchange'
import type { MailWatch } from '@obmen/exchange/mail'
import { AuthenticationFailed, ConnectionFailed, type AnyMailError } from '@obmen/mail/errors'

import type { Invocation } from '../../src/commands/command.ts'
import { ExchangeLoop } from '../../src/commands/exchange-loop.ts'
import { OptionValues } from '../../src/commands/option-values.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { Interrupted } from '../../src/errors/site-error.ts'
import { en } from '../../src/locale/en.ts'
import { INIT, TestSite } from '../test-site.ts'

const REFUSED = new AuthenticationFailed({ mechanism: 'PLAIN', user: 'u', reason: 'refused' })
const AWAY = new ConnectionFailed({
  host: 'mail.test',
  port: 465,
  systemCode: 'ECONNREFUSED',
  cause: undefined,
})
const HQ = parseNodeCode('HQ')
const NOTHING_NEW: readonly NodeExchange[] = [{ node: HQ, errors: [] }]
const MINUTE_MS = 60_000

/** A loop whose exchanges go as they are told to, one after the other. */
class TestLoop {
  readonly interruption = new AbortController()
  readonly loop: ExchangeLoop
  /** Each wait, as it was wanted. */
  readonly waits: string[] = []
  watchError: Error | undefined
  #told = ''
  #outcome: AnyMailError | Error | readonly NodeExchange[] = NOTHING_NEW

  private constructor(site: TestSite, options: Readonly<Record<string, boolean>>) {
    const invocation: Invocation = {
      io: {
        out: (text) => void (this.#told += text),
        err: (text) => void (this.#told += text),
        input: () => Promise.resolve(''),
        isTerminal: false,
        columns: 80,
        cwd: site.folder,
        env: {},
        systemLocale: 'en',
        now: () => 0,
        interruption: () => this.interruption.signal,
      },
      messages: en,
      options: new OptionValues(options),
      arguments: [],
      runProgram: () => assert.fail('no other command is given'),
    }
    const config = loadConfig({ cwd: site.folder, env: {} })
    this.loop = new ExchangeLoop(invocation, config, () => {
      if (this.#outcome instanceof Error) throw this.#outcome
      return Promise.resolve(this.#outcome)
    })
  }

  static async start(options: Readonly<Record<string, boolean>> = {}): Promise<TestLoop> {
    using site = new TestSite()
    await site.run(...INIT)
    return new TestLoop(site, options)
  }

  /** One exchange and the wait after it. Gives what was told. */
  async round(outcome: Error | readonly NodeExchange[]): Promise<string> {
    this.#outcome = outcome
    this.#told = ''
    await this.loop.exchangeAndTell()
    await this.loop.untilNext(this.#watch('letters'), this.#watch('time'))
    return this.#told
  }

  #watch(kind: string): MailWatch {
    return {
      next: (forMs) => {
        this.waits.push(`${kind} ${forMs / MINUTE_MS}`)
        if (kind === 'time' || this.watchError === undefined) return Promise.resolve()
        throw this.watchError
      },
      close: () => Promise.resolve(void this.waits.push(`${kind} no more`)),
    }
  }
}

describe('exchange for good', () => {
  it('goes on when a login is refused that was not before, and tells of it once, and of its end', async () => {
    const test = await TestLoop.start()

    assert.equal(await test.round(NOTHING_NEW), '')
    assert.match(await test.round(REFUSED), /^error: authentication .*\ntry: check the user name/)
    assert.equal(await test.round(REFUSED), '')
    assert.equal(await test.round(NOTHING_NEW), 'the trouble is over: the exchange goes on\n')
    assert.equal(await test.round(NOTHING_NEW), '')
  })

  it('tries a login that is refused less and less often, without the mailbox being watched', async () => {
    const test = await TestLoop.start()

    await test.round(NOTHING_NEW)
    for (let times = 0; times < 6; times += 1) await test.round(REFUSED)
    await test.round(AWAY)

    const doubling = [1, 2, 4, 8, 15, 15].flatMap((minutes) => [
      'letters no more',
      `time ${minutes}`,
    ])
    assert.deepEqual(test.waits, ['letters 1', ...doubling, 'letters 1'])
  })

  it('goes on when the mailbox can be watched no more', async () => {
    const test = await TestLoop.start()
    test.watchError = REFUSED

    assert.match(await test.round(NOTHING_NEW), /^error: authentication /)
    assert.deepEqual(test.waits, ['letters 1', 'time 1'])
  })

  it('ends with what does not pass by itself when it has not exchanged yet', async () => {
    const test = await TestLoop.start()

    assert.match(await test.round(AWAY), /^error: connecting to mail\.test:465 failed/)
    await assert.rejects(test.round(REFUSED), { code: 'AUTHENTICATION_FAILED' })
  })

  it('ends with a mistake of its own at any time', async () => {
    const test = await TestLoop.start()
    await test.round(NOTHING_NEW)

    await assert.rejects(test.round(new TypeError('x is undefined')), { name: 'TypeError' })
  })

  it('tells a program of an error each time', async () => {
    const test = await TestLoop.start({ json: true })
    const failed = [{ node: HQ, errors: [AWAY] }]

    await test.round(failed)

    assert.match(await test.round(failed), /^\{"nodes":\[.*"CONNECTION_FAILED".*\]\}\n$/)
    await test.round(REFUSED)
    assert.match(await test.round(REFUSED), /^\{"error":\{"code":"AUTHENTICATION_FAILED",.*\}\}\n$/)
  })

  it('that is stopped in the midst of an exchange has come to its end', async () => {
    const test = await TestLoop.start()
    test.interruption.abort(new Interrupted('SIGTERM'))

    assert.equal(await test.round(new Interrupted('SIGTERM')), '')
  })
})
