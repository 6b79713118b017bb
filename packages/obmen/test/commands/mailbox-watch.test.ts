import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { MailWatch } from '@obmen/exchange/mail'

import { MailboxWatch } from '../../src/commands/mailbox-watch.ts'

const REFUSAL = new RangeError('the password is another one')

/** A mailbox that can be opened and watched as long as its password is right. */
class Mailbox {
  isRefused = false
  readonly calls: string[] = []

  readonly open = (): Promise<MailWatch> => {
    this.calls.push('open')
    if (this.isRefused) return Promise.reject(REFUSAL)
    return Promise.resolve({
      next: () => {
        this.calls.push('next')
        return this.isRefused ? Promise.reject(REFUSAL) : Promise.resolve()
      },
      close: () => Promise.resolve(void this.calls.push('close')),
    })
  }
}

describe('a watched mailbox', () => {
  it('is opened anew after a refusal, and looked into at once', async () => {
    const { signal } = new AbortController()
    const mailbox = new Mailbox()
    const watch = await MailboxWatch.of(mailbox.open)

    await watch.next(1, signal)
    mailbox.isRefused = true
    await assert.rejects(watch.next(1, signal), REFUSAL)
    await assert.rejects(watch.next(1, signal), REFUSAL)
    mailbox.isRefused = false
    await watch.next(1, signal)
    await watch.next(1, signal)
    await watch.close()

    const refused = ['next', 'close', 'open']
    assert.deepEqual(mailbox.calls, ['open', 'next', ...refused, 'open', 'next', 'close'])
  })

  it('that is refused at first is not watched', async () => {
    const mailbox = new Mailbox()
    mailbox.isRefused = true

    await assert.rejects(MailboxWatch.of(mailbox.open), REFUSAL)
  })
})
