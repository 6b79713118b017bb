import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import type { Inbox } from '@obmen/exchange'

import { keepAliveDuring } from '../../src/session/keep-alive.ts'

function openInbox(keepAlive: () => Promise<void>): Inbox {
  return {
    waiting: () => Promise.resolve([]),
    fetch: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(),
    keepAlive,
  }
}

/** Work that takes so many minutes. */
async function takeMinutes(t: TestContext, minutes: number): Promise<string> {
  for (let minute = 0; minute < minutes; minute += 1) {
    t.mock.timers.tick(60_000)
    await Promise.resolve()
  }
  return 'done'
}

describe('an inbox that waits while a long message is applied', () => {
  it('gives a sign of life each minute, and none afterwards', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let signs = 0
    const inbox = openInbox(() => {
      signs += 1
      return Promise.resolve()
    })

    const result = await keepAliveDuring(inbox, () => takeMinutes(t, 12))
    t.mock.timers.tick(600_000)

    assert.deepEqual([result, signs], ['done', 12])
  })

  it('may be gone: what is applied stays applied', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const inbox = openInbox(() => Promise.reject(new Error('the connection was lost')))

    assert.equal(await keepAliveDuring(inbox, () => takeMinutes(t, 3)), 'done')
  })
})
