import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { describe, it } from 'node:test'

import { ExchangeRunning } from '../../src/errors/site-error.ts'
import { takeExchangeLock } from '../../src/site/exchange-lock.ts'
import { TestSite } from '../test-site.ts'

describe('lock of an exchange', () => {
  it('is had by one at a time, and can be taken again after', () => {
    using site = new TestSite('')
    const spool = site.pathOf('spool')
    const first = takeExchangeLock(spool)

    assert.throws(() => takeExchangeLock(spool), {
      name: ExchangeRunning.name,
      code: 'EXCHANGE_RUNNING',
      transient: true,
      lockPath: site.pathOf('spool/lock.db'),
    })
    first[Symbol.dispose]()
    takeExchangeLock(spool)[Symbol.dispose]()
  })

  it('makes a folder that nobody else can look into', () => {
    using site = new TestSite('')

    takeExchangeLock(site.pathOf('spool'))[Symbol.dispose]()

    assert.equal(statSync(site.pathOf('spool')).mode & 0o777, 0o700)
  })

  it('is free again when its process was killed', async () => {
    using site = new TestSite('')
    const module = new URL('../../src/site/exchange-lock.ts', import.meta.url).href
    const program = `
      const { takeExchangeLock } = await import(${JSON.stringify(module)})
      globalThis.lock = takeExchangeLock(${JSON.stringify(site.pathOf('spool'))})
      console.log('taken')
      setInterval(() => globalThis.lock, 1000)`
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')

    assert.throws(() => takeExchangeLock(site.pathOf('spool')), { code: 'EXCHANGE_RUNNING' })
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    takeExchangeLock(site.pathOf('spool'))[Symbol.dispose]()
  })
})
