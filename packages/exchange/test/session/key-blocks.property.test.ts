import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { it } from 'node:test'

import { DEFAULT_PLAN_RULES, parseNodeCode, type PlanRules } from '@obmen/exchange'
import fc from 'fast-check'

import { openWorld, settle, type Site, type World } from '../world.ts'

const SCHEMA = 'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT)'

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: parseNodeCode('ЦБ'),
  tables: new Map([
    ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 20, reserve: 8 } }],
  ]),
}

type Step =
  | { readonly kind: 'enter'; readonly site: number; readonly count: number }
  | { readonly kind: 'exchange'; readonly site: number }
  | { readonly kind: 'lose' | 'double' | 'mix' | 'wait' }
  | { readonly kind: 'back up' | 'restore' | 'readd'; readonly site: number }

const site = fc.nat(2)
const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('enter' as const),
        site,
        count: fc.integer({ min: 1, max: 7 }),
      }),
    },
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('exchange' as const), site }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('lose', 'double', 'mix', 'wait') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('back up', 'restore', 'restore', 'readd'),
        site,
      }),
    },
  ),
  { minLength: 10, maxLength: 40, size: 'max' },
)

/** What is done to a world, and what the nodes have heard of one another's orders. */
class Trade {
  readonly #world: World
  readonly #heard = new Map<string, string>()
  #entries = 0

  constructor(world: World) {
    this.#world = world
  }

  async take(step: Step): Promise<void> {
    const { post, clock } = this.#world
    clock.nowMs += 1000
    if ('site' in step) await this.#takeAt(this.#siteOf(step.site), step)
    else if (step.kind === 'lose') post.letters.shift()
    else if (step.kind === 'double') post.letters.push(...post.letters.slice(0, 2))
    else if (step.kind === 'mix') post.letters.reverse()
    else clock.nowMs += 2 * 86_400_000
    this.#listen()
  }

  #siteOf(index: number): Site {
    return this.#world.sites[index] ?? this.#world.office
  }

  async #takeAt(at: Site, step: Step): Promise<void> {
    if (step.kind === 'enter') this.#enter(at, step.count)
    else if (step.kind === 'exchange') await at.exchange()
    else if (step.kind === 'readd') await at.readd(at.code === 'ЦБ' ? 'С01' : 'ЦБ')
    else {
      at.close()
      if (step.kind === 'back up') copyFileSync(at.file, `${at.file}.backup`)
      else {
        at.restore(`${at.file}.backup`)
        // As the documentation says: an exchange comes before anything is entered.
        await at.exchange()
      }
    }
  }

  /** A program that gets no key tries again another day. */
  #enter({ database, code }: Site, count: number): void {
    const insert = database.prepare('INSERT INTO orders (entry) VALUES (?)')
    for (let order = 0; order < count; order += 1) {
      this.#entries += 1
      try {
        insert.run(`${code} ${this.#entries}`)
      } catch (error) {
        assert.match(String(error), /no key is left/)
      }
    }
  }

  /** No key is ever heard with two orders. */
  #listen(): void {
    for (const { database, code } of this.#world.sites) {
      for (const { id, entry } of database.prepare('SELECT id, entry FROM orders').all()) {
        if (String(entry).startsWith(code)) continue
        const known = this.#heard.get(String(id)) ?? entry
        assert.equal(entry, known, `key ${String(id)} at ${code}`)
        this.#heard.set(String(id), String(entry))
      }
    }
  }
}

it('no key is given twice, whatever is lost, doubled, mixed up, restored or added again', async (t) => {
  const property = fc.asyncProperty(STEPS, async (steps) => {
    const world = await openWorld(t, { schema: SCHEMA, planRules: RULES })
    await settle(world)
    for (const at of world.sites) {
      at.close()
      copyFileSync(at.file, `${at.file}.backup`)
    }
    const trade = new Trade(world)
    for (const step of steps) await trade.take(step)
    for (const at of world.sites) at.close()
  })
  await fc.assert(property, { numRuns: 6 })
})
