/** Databases that exchange by mail which is lost, doubled and mixed up, while programs write whatever they like. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { exchange, newNodeState, type NodeCode, parseNodeCode } from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'
import fc from 'fast-check'

import { PLAN, PreparedDatabase } from './prepared-database.ts'

const CODES = ['ЦБ', 'С01', 'С02'].map((code) => parseNodeCode(code))

/** The office knows every shop; the shops know the office only. */
function peersOf(code: NodeCode, codes: readonly NodeCode[]): readonly NodeCode[] {
  const [office] = codes
  return codes.filter((peer) => peer !== code && (code === office || peer === office))
}

const PLAIN_SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE stock (place TEXT COLLATE NOCASE, goods INTEGER, n, PRIMARY KEY (place, goods)) WITHOUT ROWID;`

const UNIQUE_SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE)'

const id = fc.integer({ min: 1, max: 4 })
const name = fc.constantFrom(`'a'`, `'b'`, `'c'`)
const place = fc.constantFrom(`'Склад'`, `'shop'`, `'SHOP'`)

const goodsStatement: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(id, name).map(([i, n]) => `INSERT OR REPLACE INTO goods VALUES (${i}, ${n})`),
  fc.tuple(id, name).map(([i, n]) => `INSERT OR IGNORE INTO goods VALUES (${i}, ${n})`),
  fc.tuple(id, name).map(([i, n]) => `UPDATE OR REPLACE goods SET name = ${n} WHERE id = ${i}`),
  fc.tuple(id, id).map(([i, j]) => `UPDATE OR IGNORE goods SET id = ${j} WHERE id = ${i}`),
  id.map((i) => `DELETE FROM goods WHERE id = ${i}`),
  fc.tuple(id, id).map(
    ([i, j]) => `
    BEGIN; CREATE TEMP TABLE old AS SELECT * FROM goods WHERE id IN (${i}, ${j});
    DELETE FROM goods WHERE id IN (${i}, ${j});
    INSERT INTO goods SELECT ${i} + ${j} - id, name FROM old; DROP TABLE old; COMMIT`,
  ),
)

const stockStatement: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(place, id, id)
    .map(([p, g, n]) => `INSERT OR REPLACE INTO stock VALUES (${p}, ${g}, ${n} / 2.0)`),
  fc.tuple(place, id).map(([p, g]) => `DELETE FROM stock WHERE place = ${p} AND goods < ${g}`),
  fc
    .tuple(place, place)
    .map(([p, q]) => `UPDATE OR REPLACE stock SET place = ${p} WHERE place = ${q}`),
)

type Step =
  | { readonly kind: 'write'; readonly node: number; readonly statement: string }
  | { readonly kind: 'exchange'; readonly node: number; readonly copies: readonly number[] }
  | { readonly kind: 'mix' }
  | { readonly kind: 'wait' }

function stepsWith(statement: fc.Arbitrary<string>): fc.Arbitrary<Step[]> {
  const node = fc.nat(2)
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), node, statement }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('exchange' as const),
        node,
        copies: fc.array(fc.nat(2), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'mix' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
  )
  return fc.array(step, { maxLength: 16 })
}

interface WorldShape {
  readonly schema: string
  readonly nodeCount: number
  /** What each node's clock is wrong by. */
  readonly skewsMs: readonly number[]
  readonly messageSizeOctets: number
}

const RESEND_AFTER_MS = 1000

class SmallWorld {
  readonly codes: readonly NodeCode[]
  readonly nodes: readonly PreparedDatabase[]
  readonly #shape: WorldShape
  readonly #post = new PostOffice()
  readonly #folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  #nowMs = 1

  constructor(shape: WorldShape) {
    this.#shape = shape
    this.codes = CODES.slice(0, shape.nodeCount)
    this.nodes = this.codes.map(
      (thisNode) => new PreparedDatabase(shape.schema, { plan: { ...PLAN, thisNode } }),
    )
  }

  async open(): Promise<void> {
    for (const { store } of this.nodes) {
      await store.transaction(async (transaction) => {
        for (const peer of peersOf(store.plan.thisNode, this.codes)) {
          await transaction.addNode(newNodeState(peer))
        }
      })
    }
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'write') this.write(step.node, step.statement)
      else if (step.kind === 'mix') this.#post.letters.reverse()
      else if (step.kind === 'wait') this.#nowMs += RESEND_AFTER_MS
      else {
        const copies = [...step.copies]
        this.#post.onLetter = () => ({ kind: 'deliver', copies: copies.shift() ?? 1 })
        await this.#exchange(step.node)
      }
    }
    this.#post.onLetter = () => ({ kind: 'deliver', copies: 1 })
  }

  write(node: number, statement: string): void {
    const { sql, rows } = this.#at(node)
    sql(statement)
    for (const [log] of rows(
      `SELECT name FROM sqlite_schema WHERE name LIKE 'obmen\\_log\\_%' ESCAPE '\\'`,
    )) {
      sql(`UPDATE ${String(log)} SET at = at + ${this.#shape.skewsMs[node] ?? 0}`)
    }
  }

  /** Exchanges until nobody has anything to say, not even after a long time. */
  async settle(): Promise<void> {
    for (let quietRounds = 0, round = 0; quietRounds < 2; round += 1) {
      assert.equal(round < 40, true, 'the nodes never come to rest')
      let sent = 0
      for (const node of this.nodes.keys()) sent += await this.#exchange(node)
      quietRounds = sent === 0 && this.#post.letters.length === 0 ? quietRounds + 1 : 0
      this.#nowMs += RESEND_AFTER_MS * 40
    }
  }

  close(): void {
    for (const { database } of this.nodes) database.close()
    rmSync(this.#folder, { recursive: true })
  }

  #at(node: number): { sql: (statements: string) => void; rows: PreparedDatabase['rows'] } {
    const found = this.nodes[node % this.nodes.length]
    assert.ok(found)
    return { sql: (statements) => found.sql(statements), rows: (query) => found.rows(query) }
  }

  /** The number of messages sent. */
  async #exchange(node: number): Promise<number> {
    const found = this.nodes[node % this.nodes.length]
    assert.ok(found)
    const { store } = found
    const results = await exchange({
      store,
      transport: this.#post.transportFor(store.plan),
      spoolFolder: join(this.#folder, store.plan.thisNode),
      rules: {
        window: 3,
        resendAfterMs: RESEND_AFTER_MS,
        messageSizeOctets: this.#shape.messageSizeOctets,
      },
      now: () => this.#nowMs,
      newUuid: () => crypto.randomUUID(),
    })
    for (const { errors } of results) assert.deepEqual(errors, [])
    return results.reduce((sum, { sent }) => sum + (sent?.messages ?? 0), 0)
  }
}

function shapesWith(schema: string): fc.Arbitrary<WorldShape> {
  const skew = fc.constantFrom(0, 5, -3_000_000_000, 3_000_000_000)
  return fc.record({
    schema: fc.constant(schema),
    nodeCount: fc.constantFrom(2, 3),
    skewsMs: fc.array(skew, { minLength: 3, maxLength: 3 }),
    messageSizeOctets: fc.constantFrom(60, 10_000),
  })
}

async function withWorld(
  shape: WorldShape,
  work: (world: SmallWorld) => Promise<void>,
): Promise<void> {
  const world = new SmallWorld(shape)
  try {
    await world.open()
    await work(world)
  } finally {
    world.close()
  }
}

function rowsOf({ nodes }: SmallWorld, queries: readonly string[]): unknown[] {
  return nodes.map((node) => queries.map((query) => node.rows(query)))
}

async function refusedOf({ nodes }: SmallWorld): Promise<ReadonlySet<unknown>> {
  const refused = await Promise.all(nodes.map(({ store }) => store.refusedRows()))
  return new Set(refused.flat().map(({ key }) => key))
}

function assertAllEqual(states: readonly unknown[]): void {
  const [first, ...others] = states
  for (const other of others) assert.deepEqual(other, first)
}

describe('databases', () => {
  it('hold the same rows and versions once the mail is quiet, whatever happened', async () => {
    const statement = fc.oneof(goodsStatement, stockStatement)

    await fc.assert(
      fc.asyncProperty(shapesWith(PLAIN_SCHEMA), stepsWith(statement), (shape, steps) =>
        withWorld(shape, async (world) => {
          await world.run(steps)

          await world.settle()

          assert.deepEqual([...(await refusedOf(world))], [])
          assertAllEqual(await Promise.all(world.nodes.map(({ store }) => store.checksums())))
          assertAllEqual(
            rowsOf(world, [
              'SELECT k1, stamp, origin FROM obmen_index_1 ORDER BY 1',
              'SELECT lower(k1), k2, stamp, origin FROM obmen_index_2 ORDER BY 1, 2',
            ]),
          )
        }),
      ),
      { numRuns: 30 },
    )
  })

  it('differ at most by rows that are set aside, and no more when these have room', async () => {
    await fc.assert(
      fc.asyncProperty(shapesWith(UNIQUE_SCHEMA), stepsWith(goodsStatement), (shape, steps) =>
        withWorld(shape, async (world) => {
          await world.run(steps)

          await world.settle()
          const refused = await refusedOf(world)
          const goods = world.nodes.map((node) =>
            node.rows('SELECT * FROM goods').filter(([key]) => !refused.has(`[${String(key)}]`)),
          )
          for (const node of world.nodes.keys()) world.write(node, 'DELETE FROM goods')
          await world.settle()

          assertAllEqual(goods)
          assert.deepEqual([...(await refusedOf(world))], [])
          assert.deepEqual(rowsOf(world, ['SELECT * FROM goods']).flat(2), [])
        }),
      ),
      { numRuns: 30 },
    )
  })
})
