/** Databases in memory that exchange through a post office which may lose, double and mix up letters. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  exchange,
  newNodeState,
  type NodeCode,
  parseNodeCode,
  type PlanRules,
} from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'
import fc from 'fast-check'

import { PLAN, PreparedDatabase } from './prepared-database.ts'

const CODES = ['ЦБ', 'С01', 'С02'].map((code) => parseNodeCode(code))

/** The office knows every shop; the shops know the office only. */
function peersOf(code: NodeCode, codes: readonly NodeCode[]): readonly NodeCode[] {
  const [office] = codes
  return codes.filter((peer) => peer !== code && (code === office || peer === office))
}

export type Step =
  | { readonly kind: 'write'; readonly node: number; readonly statement: string }
  | { readonly kind: 'exchange'; readonly node: number; readonly copies: readonly number[] }
  | { readonly kind: 'mix' }
  | { readonly kind: 'wait' }

export function stepsWith(statement: fc.Arbitrary<string>): fc.Arbitrary<Step[]> {
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

export interface WorldShape {
  readonly schema: string
  readonly nodeCount: number
  /** What each node's clock is wrong by. */
  readonly skewsMs: readonly number[]
  readonly messageSizeOctets: number
  readonly rules?: Partial<PlanRules>
}

const RESEND_AFTER_MS = 1000

export class SmallWorld {
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
      (thisNode) =>
        new PreparedDatabase(shape.schema, {
          plan: { ...PLAN, thisNode },
          ...(shape.rules && { rules: shape.rules }),
        }),
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

export function shapesWith(schema: string): fc.Arbitrary<WorldShape> {
  const skew = fc.constantFrom(0, 5, -3_000_000_000, 3_000_000_000)
  return fc.record({
    schema: fc.constant(schema),
    nodeCount: fc.constantFrom(2, 3),
    skewsMs: fc.array(skew, { minLength: 3, maxLength: 3 }),
    messageSizeOctets: fc.constantFrom(60, 10_000),
  })
}

export async function withWorld(
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

export function rowsOf({ nodes }: SmallWorld, queries: readonly string[]): unknown[] {
  return nodes.map((node) => queries.map((query) => node.rows(query)))
}

export async function refusedOf({ nodes }: SmallWorld): Promise<ReadonlySet<unknown>> {
  const refused = await Promise.all(nodes.map(({ store }) => store.refusedRows()))
  return new Set(refused.flat().map(({ key }) => key))
}

export function assertAllEqual(states: readonly unknown[]): void {
  const [first, ...others] = states
  for (const other of others) assert.deepEqual(other, first)
}
