import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { exchange, type ExchangePlan, parseNodeCode, parsePlanName } from '@obmen/exchange'
import { SpoolOfAnotherNode } from '@obmen/exchange/errors'

import { claimFolder } from '../../src/session/folder-owner.ts'
import { areEqual, openWorld, settle } from '../world.ts'

const SHOP: ExchangePlan = { name: parsePlanName('Trade'), thisNode: parseNodeCode('С01') }
const OTHERS: readonly ExchangePlan[] = [
  { ...SHOP, thisNode: parseNodeCode('С02') },
  { ...SHOP, name: parsePlanName('Wages') },
]

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('the folder of a node', () => {
  it('is made with the folders that it lies in', async (t) => {
    const folder = join(makeFolder(t), 'a', 'b')

    await claimFolder(folder, SHOP)
    await claimFolder(folder, SHOP)

    assert.deepEqual(readdirSync(folder), ['owner.json'])
  })

  it('is made by whoever comes first, where several make it at once', async (t) => {
    const folder = join(makeFolder(t), 'a', 'b', 'c')

    await Promise.all(Array.from({ length: 8 }, () => claimFolder(folder, SHOP)))

    assert.deepEqual(readdirSync(folder), ['owner.json'])
  })

  it('is what the system says where it can not be made', async (t) => {
    const file = join(makeFolder(t), 'file')
    writeFileSync(file, '')

    await assert.rejects(claimFolder(file, SHOP), { code: 'EEXIST', path: file })
    await assert.rejects(claimFolder(join(file, 'spool'), SHOP), { code: 'ENOTDIR' })
  })

  // `recursive` of Node.js 24 never comes back from there.
  it('comes back from where nobody makes folders', async () => {
    await assert.rejects(claimFolder('/proc/obmen/spool', SHOP), { path: /^\/proc/ })
  })

  it('is no other node’s, and no other plan’s', async (t) => {
    const folder = makeFolder(t)
    await claimFolder(folder, SHOP)

    for (const other of OTHERS) {
      await assert.rejects(claimFolder(folder, other), (error) => {
        assert.ok(error instanceof SpoolOfAnotherNode)
        assert.deepEqual(error.owner, { plan: 'Trade', node: 'С01' })
        assert.deepEqual(error.wanted, { plan: other.name, node: other.thisNode })
        return true
      })
    }
  })

  it('is anybody’s when the word of whose it is was damaged', async (t) => {
    const folder = makeFolder(t)

    for (const damaged of ['', '{"plan":', '[]', '{"plan":"Trade"}']) {
      writeFileSync(join(folder, 'owner.json'), damaged)
      await claimFolder(folder, SHOP)
    }

    await assert.rejects(claimFolder(folder, { ...SHOP, thisNode: parseNodeCode('С02') }))
  })
})

describe('two sites with one spool folder', () => {
  it('are told, before one removes what the other has still to send', async (t) => {
    const world = await openWorld(t)
    const { office, shop, post } = world
    const { spoolFolder } = office.context
    office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    post.onLetter = () => ({ kind: 'defer' })
    await office.exchange()
    const before = readdirSync(spoolFolder)

    const shared = exchange({ ...shop.context, spoolFolder })

    await assert.rejects(shared, SpoolOfAnotherNode)
    assert.deepEqual(readdirSync(spoolFolder), before)
    post.onLetter = () => ({ kind: 'deliver', copies: 1 })
    await settle(world)
    assert.equal(await areEqual(world), true)
  })

  it('are told, before one takes the keys of the other for its own', async (t) => {
    const { office, shop } = await openWorld(t)
    const { spoolFolder: keysFolder } = office.context
    await office.exchange()

    await assert.rejects(exchange({ ...shop.context, keysFolder }), SpoolOfAnotherNode)
  })
})
