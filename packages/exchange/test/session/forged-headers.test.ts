import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { verifyMessage } from '../../src/session/message-reader.ts'
import { areEqual, openWorld, settle } from '../world.ts'
import { forgeLetter } from './forge-letter.ts'

describe('a forged letter', () => {
  it('of an epoch that nobody comes to is named, and both sides can still begin anew', async (t) => {
    const world = await openWorld(t)
    await settle(world)
    const counter = Number.MAX_SAFE_INTEGER
    world.post.letters.push(forgeLetter({ epoch: { counter, random: 'z' } }))

    const [result] = await world.office.exchange()
    await world.office.readd('С01')
    world.shop.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await settle(world)

    assert.match(result?.errors[0]?.message ?? '', /epoch 9007199254740991 .* is 1\b/)
    assert.equal(await areEqual(world), true)
    assert.ok((await world.office.node('С01')).epoch.counter < 10)
  })

  it('of ten million sums keeps no more of them than tables have', async (t) => {
    const { office } = await openWorld(t)
    const path = join(office.settings.folder, 'letter')
    const parts = Array.from({ length: 1024 }, () => ({ rowCount: 1, sum: '0123456789abcdef' }))
    const sum = { table: 'goods', keyLength: 1, columns: ['id'], parts }
    writeFileSync(path, forgeLetter({}, Array(400).fill(sum)).octets)

    const { checks } = await verifyMessage(path)

    assert.ok(checks.length > 100 && checks.length < 400, String(checks.length))
  })
})
