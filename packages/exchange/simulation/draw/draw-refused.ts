import type { Random } from '../random/random.ts'
import { SHARED_TABLE, type WorldShape } from '../world/shape.ts'
import type { Statement, Step } from '../world/step.ts'
import { KEY_COUNT } from '../world/tables.ts'
import { YEAR_MS } from '../world/times.ts'
import { ZONES } from './draw-shape.ts'

/** More than clocks of nodes differ. */
const AHEAD_MS = 7 * YEAR_MS

/** Draws what comes to rows that a database refuses while they wait. */
export class RefusedDrawer {
  readonly #random: Random
  readonly #shape: WorldShape
  readonly #nextSerial: () => number

  constructor(random: Random, shape: WorldShape, nextSerial: () => number) {
    this.#random = random
    this.#shape = shape
    this.#nextSerial = nextSerial
  }

  /** Whether rows of the table of which nodes have parts may be refused. */
  get hasShares(): boolean {
    const table = this.#shape.tables[SHARED_TABLE]
    return this.#shape.zones !== undefined && (table?.unique ?? table?.refusingNode) !== undefined
  }

  /** Whether two nodes can tell the head office of rows of which it decides, and that it refuses. */
  get hasDecisions(): boolean {
    const { policy, codes } = this.#shape
    return policy !== 'latest' && codes.length > 2 && this.hasUnique
  }

  /** A row may find no place at a node, and leave the node's part while it waits, or come back to it. */
  leave(): Step[] {
    const random = this.#random
    const node = 1 + random.below(this.#shape.codes.length - 1)
    const row = { table: SHARED_TABLE, value: random.below(KEY_COUNT) }
    const key = random.below(KEY_COUNT)
    const told = [exchange(0), exchange(node)]
    const move = (): Step =>
      random.percent(50)
        ? { kind: 'zone', node, zone: random.pick(ZONES) }
        : this.#enter(0, { ...row, key })
    const apart = [
      this.#enter(node, { ...row, key: random.below(KEY_COUNT) }),
      this.#enter(0, { ...row, key }),
    ]
    const after = random.percent(40) ? [move(), ...told] : []
    return [...apart, ...told, move(), ...told, ...after]
  }

  /** Two nodes give a row one value, which another row of the head office has. Its own row is older than theirs, or by a clock that is ahead newer. */
  decideTwice(): Step[] {
    const random = this.#random
    const key = random.below(KEY_COUNT)
    const taken = {
      table: this.#unique,
      key: (key + 1) % KEY_COUNT,
      value: random.below(KEY_COUNT),
    }
    const free = (taken.value + 1) % KEY_COUNT
    const there = [this.#enter(0, { ...taken, key, value: free }), this.#enter(0, taken)]
    const tell = (): Step[] =>
      [1, 2].flatMap((node) => [this.#enter(node, { ...taken, key }), exchange(node)])
    const clock = (byMs: number): Step => ({ kind: 'clock', node: 0, byMs })
    const ahead = [clock(AHEAD_MS), ...there, clock(-AHEAD_MS)]
    const told = random.percent(50) ? [...there, ...tell()] : [...tell(), ...ahead]
    const again = random.percent(50) ? tell() : []
    return [...told, exchange(0), ...again, exchange(0)]
  }

  /** Whether rows may find no place because another one has their value. */
  get hasUnique(): boolean {
    return this.#unique >= 0
  }

  /** A row waits at a peer, and its node is restored to a day before it made it. When it finds its place the node learns of it anew. */
  forget(node: number, peer: number): Step[] {
    const random = this.#random
    const value = random.below(KEY_COUNT)
    const [key, taken] = [random.below(KEY_COUNT - 1), KEY_COUNT - 1]
    const enter = (who: number, about: { readonly key: number; readonly value: number }): Step =>
      this.#enter(who, { table: this.#unique, ...about })
    const told = [exchange(node), exchange(peer)]
    const free = (value + 1) % KEY_COUNT
    return [
      enter(peer, { key: taken, value }),
      { kind: 'back up', node },
      enter(node, { key, value }),
      ...told,
      { kind: 'restore', node, spool: random.pick(['kept', 'lost']) },
      enter(node, { key: (key + 1) % taken, value: (value + 2) % KEY_COUNT }),
      ...told,
      enter(peer, { key: taken, value: free }),
    ]
  }

  get #unique(): number {
    return this.#shape.tables.findIndex(({ unique }) => unique !== undefined)
  }

  #enter(node: number, { table, key, value }: Pick<Statement, 'table' | 'key' | 'value'>): Step {
    const serial = this.#nextSerial()
    const statements = [{ verb: 'upsert', table, key, otherKey: key, serial, value }] as const
    return { kind: 'write', node, instance: 'own', statements, ends: 'commit' }
  }
}

function exchange(node: number): Step {
  return { kind: 'exchange', node, instance: 'own', fates: [] }
}
