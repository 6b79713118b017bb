import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import fc from 'fast-check'

import { parseNodeCode, type RowLine } from '@obmen/exchange'

import { type OfferedNode, rulesFor, ShareSite } from './share-site.ts'

const PLACES = ['a', 'b', 'c']
const CODES = ['С01', 'С02'] as const

type Step =
  | { readonly kind: 'write'; readonly id: number; readonly place: string }
  | { readonly kind: 'delete'; readonly id: number }
  | {
      readonly kind: 'look'
      readonly node: number
      readonly between?: { readonly id: number; readonly place: string }
    }
  | {
      readonly kind: 'receive'
      readonly node: number
      readonly id: number
      readonly place: string
      readonly loses: boolean
    }
  | { readonly kind: 'move'; readonly node: number; readonly place: string }
  | { readonly kind: 'lose'; readonly node: number }

const id = fc.integer({ min: 1, max: 5 })
const place = fc.constantFrom(...PLACES)
const node = fc.integer({ min: 0, max: 1 })

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write'), id, place }),
  fc.record({ kind: fc.constant('delete'), id }),
  fc.record({ kind: fc.constant('look'), node }),
  fc.record({ kind: fc.constant('look'), node, between: fc.record({ id, place }) }),
  fc.record({ kind: fc.constant('receive'), node, id, place, loses: fc.boolean() }),
  fc.record({ kind: fc.constant('move'), node, place }),
  fc.record({ kind: fc.constant('lose'), node }),
)

/** Runs a schedule; its nodes take what they are offered, but for what a `lose` takes from them. */
class Schedule {
  readonly site = new ShareSite(rulesFor({ where: 'place = :place' }))
  readonly nodes: OfferedNode[] = []
  readonly places = ['a', 'b']
  #clock = Date.UTC(2040, 1)

  async begin(): Promise<void> {
    for (const [index, code] of CODES.entries()) {
      this.nodes.push(await this.site.addNode(code))
      await this.site.setAttributes(code, { place: this.places[index] ?? '' })
    }
  }

  async run(taken: Step): Promise<void> {
    if (taken.kind === 'write') this.#write(taken)
    else if (taken.kind === 'delete') this.site.sql(`DELETE FROM orders WHERE id = ${taken.id}`)
    else if (taken.kind === 'look') {
      const { between } = taken
      await this.#node(taken.node).look(() => between && this.#write(between))
    } else if (taken.kind === 'receive') await this.#receive(taken)
    else if (taken.kind === 'move') {
      this.places[taken.node] = taken.place
      await this.site.setAttributes(CODES[taken.node] ?? '', { place: taken.place })
    } else {
      // The messages since the beginning are lost: everything is offered again. What the node has, it has.
      this.#node(taken.node).offeredSeq = 0
    }
  }

  #node(index: number): OfferedNode {
    const found = this.nodes[index]
    assert.ok(found)
    return found
  }

  #write({ id: key, place: where }: { readonly id: number; readonly place: string }): void {
    this.site.sql(
      `INSERT OR REPLACE INTO orders VALUES (${key}, '${where}', '${(this.#clock += 1)}')`,
    )
  }

  async #receive(taken: {
    readonly loses: boolean
    readonly node: number
    readonly id: number
    readonly place: string
  }): Promise<void> {
    // What a node has, it changes on top of what it has.
    const isNew = !this.#node(taken.node).rows.has(String(taken.id))
    const stamp = taken.loses && isNew ? 1 : (this.#clock += 1000)
    const code = CODES[taken.node] ?? ''
    const values = [BigInt(taken.id), taken.place, 'theirs']
    const row: RowLine = { kind: 'row', stamp, origin: parseNodeCode(code), values }
    await this.site.receive(code, [row])
    // The node has what it entered.
    this.#node(taken.node).take(row)
  }
}

suite('shares, in any order of events', () => {
  test('a node that takes what it is offered has exactly its share', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const schedule = new Schedule()
        await schedule.begin()
        for (const taken of steps) await schedule.run(taken)
        for (const [index, offered] of schedule.nodes.entries()) {
          await offered.look()
          const share = schedule.site.database
            .prepare('SELECT id, place, note FROM orders WHERE place = ? ORDER BY id')
            .all(schedule.places[index] ?? '')
            .map(
              (row) =>
                [String(row['id']), `${String(row['place'])} ${String(row['note'])}`] as const,
            )
          assert.deepEqual(offered.rows, new Map(share))
        }
      }),
      { numRuns: 60 },
    )
  })
})
