import assert from 'node:assert/strict'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { DEFAULT_PLAN_RULES, exchange, parseNodeCode, type PlanRules } from '@obmen/exchange'

import { highestSaid, type KeyReport } from '../../src/plan/key-blocks.ts'
import { NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'
import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'
import { forgeLetter } from './forge-letter.ts'

const SCHEMA = 'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT)'

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: parseNodeCode('ЦБ'),
  tables: new Map([
    ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 100, reserve: 25 } }],
  ]),
}

async function openTrade(t: TestContext): Promise<World> {
  const world = await openWorld(t, { schema: SCHEMA, planRules: RULES })
  await settle(world)
  return world
}

/** Enters orders as a program does that lets the database count them. Gives their keys. */
function enter({ database, code }: Site, count: number): number[] {
  const insert = database.prepare('INSERT INTO orders (place) VALUES (?)')
  return Array.from({ length: count }, () => Number(insert.run(code).lastInsertRowid))
}

async function blockOf(site: Site): Promise<number> {
  const states = await site.store.keyStates()
  return states.find(({ node }) => node === site.code)?.block?.first ?? 0
}

async function conflictsOf({ sites }: World): Promise<number> {
  const conflicts = await Promise.all(sites.map(({ store }) => store.conflicts()))
  return conflicts.flat().length
}

describe('blocks of keys', () => {
  it('keep the keys of all nodes apart, round after round', async (t) => {
    const world = await openTrade(t)
    const keys: number[] = []

    for (let round = 0; round < 8; round += 1) {
      for (const site of world.sites) keys.push(...enter(site, 20))
      await settle(world)
    }

    assert.equal(new Set(keys).size, 8 * 3 * 20)
    assert.equal(await areEqual(world), true)
    assert.equal(await conflictsOf(world), 0)
    assert.equal(world.office.rows('SELECT id FROM orders').length, 8 * 3 * 20)
  })

  it('begin above the rows that were there before', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, planRules: RULES })
    world.office.sql(`INSERT INTO orders VALUES (1234, 'ЦБ')`)
    world.shop.sql(`INSERT INTO orders VALUES (2345, 'С01')`)
    await settle(world)

    const firsts = [...enter(world.office, 1), ...enter(world.shop, 1), ...enter(world.second, 1)]

    assert.equal(
      firsts.every((key) => key > 2345),
      true,
    )
    assert.equal(new Set(firsts.map((key) => Math.ceil(key / 100))).size, 3)
  })

  it('end where nobody can count on, and rows with such keys travel all the same', async (t) => {
    for (const key of ['9007199254740993', '9223372036854775807']) {
      const world = await openWorld(t, { schema: SCHEMA, planRules: RULES })
      world.shop.sql(`INSERT INTO orders VALUES (${key}, 'С01')`)
      await settle(world)

      assert.equal(world.office.rows(`SELECT 1 FROM orders WHERE id = ${key}`).length, 1)
      assert.equal(await areEqual(world), true)
    }
  })

  it('come in time: a node asks before its block is used up, also when it has no rows to send', async (t) => {
    const world = await openTrade(t)
    const { shop } = world
    const first = await blockOf(shop)
    enter(shop, 74)
    await settle(world)
    const before = await blockOf(shop)
    shop.sql(`UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'orders'`)
    await settle(world)

    assert.equal(before, first)
    assert.notEqual(await blockOf(shop), first)
    assert.notEqual((await shop.store.keyStates())[0]?.isShort, true)
  })

  it('are not passed: the program is told that no key is left, and goes on when the next block is there', async (t) => {
    const world = await openTrade(t)
    const { shop } = world
    const keys = enter(shop, 100)

    assert.throws(() => enter(shop, 1), /orders: no key is left in the block of this node/)
    const [state] = await shop.store.keyStates()
    await settle(world)
    keys.push(...enter(shop, 1))

    assert.deepEqual([state?.left, state?.isShort], [0, true])
    assert.equal(new Set(keys).size, 101)
  })

  it('come once, although letters are doubled and lost', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office, post, clock } = world
    const keys: number[] = []
    for (let round = 0; round < 12; round += 1) {
      for (const site of world.sites) {
        keys.push(...enter(site, 9))
        await site.exchange()
        if (round % 3 === 0) post.letters.splice(0, 1)
        if (round % 3 === 1) post.letters.push(...post.letters)
      }
      clock.nowMs += 2 * 86_400_000
    }
    await settle(world)
    for (let round = 0; round < 3; round += 1) {
      clock.nowMs += 2 * 86_400_000
      await settle(world)
    }

    assert.equal(new Set(keys).size, keys.length)
    assert.equal(office.rows('SELECT id FROM orders').length, keys.length)
    assert.equal(await areEqual(world), true)
    assert.equal(await conflictsOf(world), 0)
    assert.notEqual(await blockOf(shop), await blockOf(second))
  })
})

describe('what a node says of its keys', () => {
  const MAX = Number.MAX_SAFE_INTEGER
  const SAID: KeyReport = { table: 'orders', used: 0, greatest: 0, climbs: false, through: 0 }
  for (const [name, said] of [
    ['a last number', { ...SAID, used: MAX }],
    ['a greatest key', { ...SAID, greatest: MAX }],
    ['what it has heard of', { ...SAID, through: MAX - 1000 }],
    ['a block', { ...SAID, block: { first: MAX - 99, last: MAX } }],
  ] as const) {
    it(`is named, and ends nobody’s blocks, when ${name} is beyond everything known`, async (t) => {
      const world = await openTrade(t)
      const { office, second, post } = world
      const messageNo = toMessageNo((await office.node('С01')).receivedNo + 1)
      office.events.length = 0
      post.letters.push(forgeLetter({ messageNo, baseNo: NO_MESSAGE, keyReports: [said] }))
      await office.exchange()
      const events = office.events.filter(({ kind }) => kind === 'keys-not-believed')
      enter(second, 80)
      await settle(world)

      const first = await blockOf(second)
      assert.deepEqual(
        events.map((event) => ({ ...event, known: 0 })),
        [
          {
            kind: 'keys-not-believed',
            node: 'С01',
            table: 'orders',
            said: highestSaid(said),
            known: 0,
          },
        ],
      )
      assert.ok(first > 100 && first < 10_000, String(first))
    })
  }

  it('is passed on from the head office only where it is in proportion', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office, post } = world
    const { receivedNo } = await shop.node('ЦБ')
    const letter = forgeLetter({
      from: parseNodeCode('ЦБ'),
      to: parseNodeCode('С01'),
      messageNo: toMessageNo(receivedNo + 1),
      keyGrants: [{ table: 'orders', through: MAX - 1000 }],
    })
    post.letters.push(letter)
    await shop.exchange()
    world.clock.nowMs += 2 * 86_400_000
    enter(shop, 80)
    await settle(world)
    enter(second, 80)
    await settle(world)

    assert.ok((await blockOf(shop)) < 10_000 && (await blockOf(second)) < 10_000)
    assert.deepEqual(
      office.events.filter(({ kind }) => kind === 'keys-not-believed'),
      [],
    )
  })

  it('tells that no block is left, where a row has taken the last number', async (t) => {
    const world = await openTrade(t)
    world.office
      .sql(`INSERT INTO obmen_key_report VALUES ('orders', 'С02', 0, 0, ${MAX}, 0, 0, 0, 0)
      ON CONFLICT DO UPDATE SET used = excluded.used`)
    enter(world.office, 80)
    await world.office.exchange()

    const [told] = world.office.events.filter(({ kind }) => kind === 'keys-exhausted')
    assert.deepEqual(told, { kind: 'keys-exhausted', node: 'ЦБ', table: 'orders', limit: MAX })
  })
})

describe('a head office that was restored from a backup', () => {
  async function loseTheOffice(world: World, work: () => Promise<void>): Promise<void> {
    const { office } = world
    const backup = `${office.file}.backup`
    office.close()
    copyFileSync(office.file, backup)
    await work()
    office.restore(backup)
  }

  it('hands nobody a block that it has forgotten, although its owner is silent', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office } = world
    const keys: number[] = []
    await loseTheOffice(world, async () => {
      keys.push(...enter(shop, 80))
      await shop.exchange()
      await office.exchange()
      await shop.exchange()
      keys.push(...enter(shop, 10))
    })

    keys.push(...enter(second, 80))
    for (let turn = 0; turn < 3; turn += 1) {
      await second.exchange()
      await office.exchange()
    }
    keys.push(...enter(second, 10), ...enter(office, 3))
    await settle(world)

    assert.equal(new Set(keys).size, keys.length)
    assert.equal(await areEqual(world), true)
    assert.equal(await conflictsOf(world), 0)
  })

  it('hands nobody such a block either when each node has a spool of its own', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office } = world
    const work = async (node: Site): Promise<void> => {
      await node.exchange()
      const { context, settings } = office
      const spoolFolder = join(settings.folder, `node-${node.code}`)
      const code = parseNodeCode(node.code)
      await exchange({ ...context, spoolFolder, keysFolder: context.spoolFolder }, [code])
      await node.exchange()
    }
    await work(second)
    await loseTheOffice(world, async () => {
      enter(shop, 80)
      await work(shop)
    })

    enter(second, 80)
    for (let turn = 0; turn < 3; turn += 1) await work(second)

    assert.notEqual(await blockOf(shop), await blockOf(second))
  })

  it('learns from the nodes what it has forgotten, when everything else was restored with it', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office } = world
    await loseTheOffice(world, async () => {
      enter(shop, 80)
      await settle(world)
    })
    rmSync(join(office.settings.folder, 'spool-ЦБ', 'key-marks.json'))
    enter(shop, 1)
    await shop.exchange()
    enter(second, 80)
    await settle(world)

    const blocks = [await blockOf(shop), await blockOf(second), await blockOf(office)]
    assert.equal(new Set(blocks).size, 3)
    assert.equal(await areEqual(world), true)
    assert.equal(await conflictsOf(world), 0)
  })

  it('gives both fresh blocks when a block turns out to be handed out twice', async (t) => {
    const world = await openTrade(t)
    const { shop, second, office } = world
    await loseTheOffice(world, async () => {
      enter(shop, 80)
      await shop.exchange()
      await office.exchange()
      await shop.exchange()
    })
    rmSync(join(office.settings.folder, 'spool-ЦБ', 'key-marks.json'))
    world.post.letters.length = 0
    enter(second, 80)
    await second.exchange()
    await office.exchange()
    await second.exchange()
    const shared = await blockOf(shop)
    const handed = office.rows(`SELECT node FROM obmen_key_block WHERE first = ${shared}`)

    world.clock.nowMs += 2 * 86_400_000
    await settle(world)

    assert.equal(handed.length, 1)
    assert.notDeepEqual(handed, [{ node: 'С01' }])
    const blocks = [await blockOf(shop), await blockOf(second), await blockOf(office)]
    assert.equal(new Set(blocks).size, 3)
    assert.equal(
      blocks.every((first) => first !== shared),
      true,
    )
    assert.equal(await areEqual(world), true)
  })
})

describe('a node that was restored, or is another one by now', () => {
  it('goes on behind the keys that it has told of, after one exchange', async (t) => {
    const world = await openTrade(t)
    for (const site of [world.shop, world.office]) {
      const backup = `${site.file}.backup`
      site.close()
      copyFileSync(site.file, backup)
      const given = enter(site, 30)
      await settle(world)
      site.restore(backup)
      await site.exchange()

      const after = enter(site, 5)
      await settle(world)

      assert.deepEqual(
        after.filter((key) => given.includes(key)),
        [],
      )
      assert.equal(await areEqual(world), true)
    }
  })

  it('gets a fresh block when it says less than before: nobody knows which keys it gave since the backup', async (t) => {
    const world = await openTrade(t)
    const { shop } = world
    const backup = `${shop.file}.backup`
    shop.close()
    copyFileSync(shop.file, backup)
    enter(shop, 30)
    await settle(world)
    const before = await blockOf(shop)
    shop.restore(backup)
    rmSync(join(shop.settings.folder, 'spool-С01', 'key-marks.json'))
    enter(shop, 1)
    await settle(world)

    assert.notEqual(await blockOf(shop), before)
    assert.equal(await areEqual(world), true)
  })

  it('gets a block of its own when it was removed and added again', async (t) => {
    const world = await openTrade(t)
    const { shop, office, second } = world
    const keys = enter(shop, 10)
    await settle(world)
    await office.readd('С01')
    await shop.readd('ЦБ')
    world.clock.nowMs += 2 * 86_400_000
    for (const site of world.sites) keys.push(...enter(site, 10))
    await settle(world)
    for (const site of world.sites) keys.push(...enter(site, 10))
    await settle(world)

    assert.equal(new Set(keys).size, keys.length)
    assert.notEqual(await blockOf(shop), await blockOf(second))
    assert.equal(await areEqual(world), true)
    assert.equal(await conflictsOf(world), 0)
  })
})
