/** What messages say of the sender's tables, and what the receiver makes of it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { parseNodeCode, restartNode } from '@obmen/exchange'
import type { PostedLetter } from '@obmen/exchange/testing'
import fc from 'fast-check'

import { verifyMessage } from '../../src/session/message-reader.ts'
import { areEqual, openWorld, settle, type Site, type World, type WorldOptions } from '../world.ts'

const OFFICE = parseNodeCode('ЦБ')

const HOUR_MS = 3_600_000

/** A world in which every last message of a cycle says what the tables hold. */
async function openChecked(
  t: Parameters<typeof openWorld>[0],
  options: WorldOptions = {},
): Promise<World> {
  const world = await openWorld(t, { ...options, rules: { ...options.rules, checkEveryMs: 0 } })
  world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a'), (2, 'Кофе', 20, 'b')`)
  await settle(world)
  return world
}

/** Changes what a table holds as a damaged disk does, or a program that switches triggers off. */
function alterSilently(site: Site, statement: string): void {
  const triggers = site.database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
    .all()
  for (const { name } of triggers) site.sql(`DROP TRIGGER "${String(name)}"`)
  site.sql(statement)
  for (const { sql } of triggers) site.sql(String(sql))
}

/** The differences that were told, by the site that found them and the table. */
function found({ sites }: World): string[] {
  return sites.flatMap((site) =>
    site.events.flatMap((event) =>
      event.kind === 'difference' ? [`${site.code} ${event.difference.table}`] : [],
    ),
  )
}

describe('a message that says what the tables hold', () => {
  const alterations = [
    { name: 'a row that has another value', statement: `UPDATE goods SET price = 11 WHERE id = 1` },
    { name: 'a row that is missing', statement: `DELETE FROM goods WHERE id = 2` },
    { name: 'a row too many', statement: `INSERT INTO goods VALUES (7, 'Мёд', 1, 'm')` },
  ]
  for (const { name, statement } of alterations) {
    it(`brings ${name} to light, and changes nothing`, async (t) => {
      const world = await openChecked(t)
      alterSilently(world.shop, statement)
      const before = world.shop.rows('SELECT * FROM goods')

      world.office.sql(`INSERT INTO stock VALUES ('x', 1, 1)`)
      await world.office.exchange()
      await world.shop.exchange()

      assert.deepEqual(found(world), ['С01 goods'])
      assert.deepEqual(world.shop.rows('SELECT * FROM goods'), before)
      const [difference] = await world.shop.store.differences()
      assert.deepEqual(
        [difference?.node, difference?.table, difference?.parts.length],
        ['ЦБ', 'goods', 1],
      )
    })

    it(`brings ${name} at the sender to light`, async (t) => {
      const world = await openChecked(t)
      alterSilently(world.office, statement)

      world.office.sql(`INSERT INTO stock VALUES ('x', 1, 1)`)
      await world.office.exchange()
      await world.shop.exchange()
      await world.second.exchange()

      assert.deepEqual(found(world), ['С01 goods', 'С02 goods'])
    })

    it(`makes ${name} equal when somebody begins anew, and forgets it then`, async (t) => {
      const world = await openChecked(t)
      alterSilently(world.shop, statement)
      world.office.sql(`INSERT INTO stock VALUES ('x', 1, 1)`)
      await settle(world)

      await restartNode(world.shop.context, OFFICE)
      await settle(world)
      for (const [index, site] of [world.office, world.shop].entries()) {
        site.sql(`INSERT INTO stock VALUES ('y', ${index}, 1)`)
        await settle(world)
      }

      assert.equal(await areEqual(world), true)
      assert.deepEqual(await world.shop.store.differences(), [])
    })
  }

  it('is silent about rows that were changed since, on either side, and about the others is not', async (t) => {
    const world = await openChecked(t)
    world.office.sql(`UPDATE goods SET price = 12 WHERE id = 1`)
    world.shop.sql(`UPDATE goods SET price = 13 WHERE id = 1; DELETE FROM goods WHERE id = 2`)

    await world.office.exchange()
    await world.shop.exchange()
    const early = found(world)
    alterSilently(world.shop, `INSERT INTO goods VALUES (9, 'Мёд', 1, 'm')`)
    await settle(world)
    world.office.sql(`UPDATE goods SET price = 14 WHERE id = 1`)
    await settle(world)

    assert.deepEqual(early, [])
    assert.equal(found(world).includes('С01 goods'), true)
  })

  it('is silent about rows that wait, because a database refuses them', async (t) => {
    const world = await openChecked(t)
    world.shop.sql(`CREATE TRIGGER no BEFORE INSERT ON stock WHEN NEW.place = 'no'
      BEGIN SELECT raise(ABORT, 'not here'); END`)
    world.shop.sql(`CREATE UNIQUE INDEX one ON stock (quantity)`)
    world.office.sql(`INSERT INTO stock VALUES ('a', 1, 5), ('b', 1, 5)`)

    await settle(world)
    world.office.sql(`INSERT INTO goods VALUES (3, 'Мате', 1, 'c')`)
    await settle(world)

    assert.equal((await world.shop.store.refusedRows()).length, 1)
    assert.deepEqual(found(world), [])
  })

  it('goes out as often as it is wanted', async (t) => {
    const world = await openWorld(t, { rules: { checkEveryMs: 2 * HOUR_MS } })
    const letters: PostedLetter[] = []
    world.post.onLetter = (letter) => {
      letters.push(letter)
      return { kind: 'deliver', copies: 1 }
    }
    for (let hour = 0; hour < 4; hour += 1) {
      world.office.sql(`INSERT INTO stock VALUES ('${hour}', 1, 1)`)
      await world.office.exchange()
      world.clock.nowMs += HOUR_MS
    }

    const toShop = letters.filter(({ name }) => name.to === 'С01')
    const tables: string[][] = []
    for (const letter of toShop) tables.push(await checkedTables(world, letter))
    assert.deepEqual(tables, [['goods', 'stock'], [], ['goods', 'stock'], []])
  })

  it('never goes out when nobody wants it', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO stock VALUES ('a', 1, 1)`)

    await world.office.exchange()

    const [letter] = world.post.letters
    assert.ok(letter)
    assert.deepEqual(await checkedTables(world, letter), [])
  })

  it('goes out behind the last rows, where they take several messages', async (t) => {
    const world = await openChecked(t, { rules: { messageSizeOctets: 300 } })
    const letters: PostedLetter[] = []
    world.post.onLetter = (letter) => {
      letters.push(letter)
      return { kind: 'deliver', copies: 1 }
    }
    for (let key = 0; key < 30; key += 1)
      world.office.sql(`INSERT INTO stock VALUES ('a', ${key}, 1)`)

    await world.office.exchange()

    const toShop = letters.filter(({ name }) => name.to === 'С01')
    const tables: string[][] = []
    for (const letter of toShop) tables.push(await checkedTables(world, letter))
    assert.equal(tables.length > 2, true)
    assert.deepEqual(
      tables.filter(({ length }) => length > 0),
      [tables.at(-1)],
    )
  })
})

async function checkedTables({ office }: World, { octets }: PostedLetter): Promise<string[]> {
  const path = join(office.settings.folder, 'letter')
  writeFileSync(path, octets)
  const { checks } = await verifyMessage(path)
  return checks.map(({ table }) => table)
}

/** What happens in a world, by numbers that are drawn. */
interface Deed {
  readonly kind: 'write' | 'delete' | 'exchange' | 'lose' | 'turn round' | 'double'
  readonly site: number
  readonly key: number
}

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(
    'write',
    'write',
    'delete',
    'exchange',
    'exchange',
    'exchange',
    'lose',
    'turn round',
    'double',
  ),
  site: fc.nat(2),
  key: fc.nat(7),
})

async function happen(
  world: World,
  { kind, site: number, key }: Deed,
  serial: number,
): Promise<void> {
  const site = world.sites[number]
  const { post } = world
  world.clock.nowMs += 1000
  if (kind === 'write') {
    site?.sql(`INSERT OR REPLACE INTO stock VALUES ('k', ${key}, ${serial})`)
  } else if (kind === 'delete') {
    site?.sql(`DELETE FROM stock WHERE goods = ${key}`)
  } else if (kind === 'exchange') {
    await site?.exchange()
  } else if (kind === 'lose') {
    post.letters.splice(key, 1)
  } else if (kind === 'double') {
    post.letters.push(...post.letters.slice(key, key + 1))
  } else {
    post.letters.reverse()
  }
}

describe('nodes that exchange', () => {
  it('never find a difference, whatever becomes of letters and whoever changes what', async (t) => {
    const base = await openChecked(t)
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: 40 }), async (deeds) => {
        const world = await openWorld(t, { copyOf: base, rules: { checkEveryMs: 0 } })
        for (const [serial, each] of deeds.entries()) await happen(world, each, serial)
        await settle(world)
        assert.deepEqual(found(world), [])
        for (const site of world.sites) site.close()
      }),
      { numRuns: 12 },
    )
  })
})
