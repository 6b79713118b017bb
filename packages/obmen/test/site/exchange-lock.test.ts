import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, it } from 'node:test'

import { ExchangeRunning } from '../../src/errors/site-error.ts'
import { takeExchangeLock } from '../../src/site/exchange-lock.ts'
import { TestSite } from '../test-site.ts'

describe('lock of an exchange', () => {
  it('is had by one at a time, and can be taken again after', () => {
    using site = new TestSite('')
    const database = site.pathOf('trade.db')
    const first = takeExchangeLock(database)

    assert.throws(() => takeExchangeLock(database), {
      name: ExchangeRunning.name,
      code: 'EXCHANGE_RUNNING',
      transient: true,
      lockPath: site.pathOf('trade.db-obmen-lock'),
    })
    first[Symbol.dispose]()
    takeExchangeLock(database)[Symbol.dispose]()
  })

  it('is one for all names of a database', () => {
    using site = new TestSite('')
    symlinkSync(site.pathOf('trade.db'), site.pathOf('other.db'))
    using _lock = takeExchangeLock(site.pathOf('trade.db'))

    assert.throws(() => takeExchangeLock(site.pathOf('other.db')), { code: 'EXCHANGE_RUNNING' })
  })

  it('is free again when its process was killed', async () => {
    using site = new TestSite('')
    const module = new URL('../../src/site/exchange-lock.ts', import.meta.url).href
    const program = `
      const { takeExchangeLock } = await import(${JSON.stringify(module)})
      globalThis.lock = takeExchangeLock(${JSON.stringify(site.pathOf('trade.db'))})
      console.log('taken')
      setInterval(() => globalThis.lock, 1000)`
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')

    assert.throws(() => takeExchangeLock(site.pathOf('trade.db')), { code: 'EXCHANGE_RUNNING' })
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    takeExchangeLock(site.pathOf('trade.db'))[Symbol.dispose]()
  })

  it('names its file where that can not be made', () => {
    using site = new TestSite('')
    const lockPath = site.pathOf('trade.db-obmen-lock')
    mkdirSync(lockPath)

    assert.throws(() => takeExchangeLock(site.pathOf('trade.db')), {
      code: 'DATABASE_UNUSABLE',
      problem: 'closed',
      message: `the database or its journal can't be opened: unable to open database file: ${lockPath}`,
    })
  })
})
