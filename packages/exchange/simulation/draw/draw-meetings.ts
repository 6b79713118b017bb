import { SHARED_TABLE, type WorldShape } from '../world/shape.ts'
import type { Step } from '../world/step.ts'
import type { ExchangeDrawer } from './draw-exchanges.ts'
import { KEY_COUNT } from '../world/tables.ts'
import type { About, WriteDrawer } from './draw-writes.ts'
import { DAY_MS, YEAR_MS } from '../world/times.ts'
import type { Who } from './who.ts'

/** A unique value that is drawn for no row. */
const NO_ROWS_VALUE = KEY_COUNT

/** Draws how nodes meet at one row: what chance alone would seldom bring about. */
export class MeetingDrawer {
  readonly #shape: WorldShape
  readonly #who: Who
  readonly #writes: WriteDrawer
  readonly #exchanges: ExchangeDrawer

  constructor(shape: WorldShape, who: Who, writes: WriteDrawer, exchanges: ExchangeDrawer) {
    this.#shape = shape
    this.#who = who
    this.#writes = writes
    this.#exchanges = exchanges
  }

  get hasReferences(): boolean {
    return this.#shape.tables.some(({ parent }) => parent !== undefined)
  }

  /** A node deletes a row, and a peer refers to it before it hears of that. */
  refer(node: number): Step[] {
    const peer = this.#who.peerOf(node)
    const key = this.#writes.key()
    const child = this.#shape.tables.findIndex(({ parent }) => parent !== undefined)
    const table = this.#shape.tables[child]?.parent ?? 0
    const row = { table, key, otherKey: key }
    const known = this.#writes.writeThese(node, { verb: 'upsert', ...row })
    const other = this.#writes.key()
    const apart: Step[] = [
      this.#writes.writeThese(node, { verb: 'delete', ...row }),
      this.#writes.writeThese(peer, { verb: 'upsert', table: child, key: other, otherKey: key }),
    ]
    const told = [this.#exchanges.exchange(node), this.#exchanges.exchange(peer)]
    return [known, ...told, ...apart, ...this.#writes.someOf(told, 1)]
  }

  get hasUnique(): boolean {
    return this.#exchanging !== undefined
  }

  /** Two rows exchange their unique values, and perhaps another one refers to one of them. */
  exchangeValues(node: number): Step[] {
    const table = this.#exchanging ?? 0
    const [a, b] = [this.#writes.key(), KEY_COUNT - 1]
    const child = this.#shape.tables.findIndex(({ parent }) => parent === table)
    const row = (key: number, value: number): About => {
      return { verb: 'upsert', table, key, otherKey: key, value }
    }
    const referring = { verb: 'upsert', table: child, key: (a + 1) % b, otherKey: a } as const
    const refers = child < 0 ? [] : [this.#writes.writeThese(node, referring)]
    const tell = (): Step[] => [
      this.#exchanges.exchange(node),
      this.#exchanges.exchange(this.#who.peerOf(node)),
    ]
    const there = this.#writes.writeThese(node, row(a, a), row(b, b))
    const exchanged = this.#writes.writeThese(node, row(a, NO_ROWS_VALUE), row(b, a), row(a, b))
    return [there, ...refers, ...tell(), exchanged, ...tell()]
  }

  /** The table in which they do: one that others refer to, if there is any. */
  get #exchanging(): number | undefined {
    const { tables } = this.#shape
    const uniques = [...tables.keys()].filter((index) => tables[index]?.unique !== undefined)
    const isParent = (index: number): boolean => tables.some(({ parent }) => parent === index)
    return uniques.find((index) => isParent(index)) ?? uniques[0]
  }

  /** A node tells of a row that may be none of its share, and changes it before it hears so. */
  leave(node: number): Step[] {
    const peer = node === 0 ? this.#who.peerOf(0) : node
    const key = this.#writes.key()
    const row = { verb: 'upsert', table: SHARED_TABLE, key, otherKey: key } as const
    const told = [this.#exchanges.exchange(peer), this.#exchanges.exchange(0)]
    return [this.#writes.writeThese(peer, row), ...told, this.#writes.writeThese(peer, row)]
  }

  /** Whether a row may leave a node's part, and others there go on referring to it. */
  get hasReferredShares(): boolean {
    return this.#shape.zones !== undefined && this.hasReferences
  }

  /** A row leaves a node's part, and has to wait there because another one refers to it; then it is the node's again, in the same version. */
  comeBack(): Step[] {
    const node = this.#who.peerOf(0)
    const table = this.#shape.tables.findIndex(({ parent }) => parent === SHARED_TABLE)
    const key = this.#writes.key()
    const other = (key + 1) % KEY_COUNT
    const parent = { key, otherKey: key, serial: this.#writes.nextSerialWith(0), value: key }
    const child = {
      key: other,
      otherKey: key,
      serial: this.#writes.nextSerialWith(2),
      value: other,
    }
    const statements = [
      { verb: 'upsert', table: SHARED_TABLE, ...parent },
      { verb: 'upsert', table, ...child },
    ] as const
    const told = [0, node].map((who): Step => {
      return { kind: 'exchange', node: who, instance: 'own', fates: [] }
    })
    const zone = (digits: string): Step[] => [{ kind: 'zone', node, zone: digits }, ...told]
    return [
      { kind: 'write', node: 0, instance: 'own', statements, ends: 'commit' },
      ...zone('0123456789'),
      ...zone(`${child.serial % 10}`),
      ...zone('0123456789'),
    ]
  }

  /** Deletions are forgotten as soon as all nodes know of them. */
  get forgets(): boolean {
    return this.#shape.rules.keepDeletionsDays === 0
  }

  /** A row is deleted by a clock that is years ahead; when that is forgotten, it comes again by the right time. */
  comeAgain(node: number): Step[] {
    const key = this.#writes.key()
    const row = { table: 0, key, otherKey: key }
    const exchange = (who: number): Step => this.#exchanges.exchange(who)
    const told = [exchange(node), exchange(this.#who.peerOf(node)), exchange(node)]
    return [
      { kind: 'clock', node, byMs: 3 * YEAR_MS },
      this.#writes.writeThese(node, { verb: 'upsert', ...row }),
      this.#writes.writeThese(node, { verb: 'delete', ...row }),
      { kind: 'clock', node, byMs: -3 * YEAR_MS },
      ...told,
      { kind: 'wait', ms: 2 * DAY_MS },
      exchange(node),
      this.#writes.writeThese(node, { verb: 'upsert', ...row }),
    ]
  }

  /** Whether a node may not be told that a row was deleted, and another one is. */
  get hasUntold(): boolean {
    return this.forgets && this.#shape.zones !== undefined && this.#shape.codes.length > 2
  }

  /** A row is deleted that is the part of one node, and of another one not, which makes it when the head office has forgotten that. */
  makeUntold(): Step[] {
    const [untold, told] = this.#who.peerOf(0) === 1 ? [1, 2] : [2, 1]
    const key = this.#writes.key()
    const row = { table: SHARED_TABLE, key, otherKey: key }
    const zone = (node: number, digits: string): Step => ({ kind: 'zone', node, zone: digits })
    const exchanges = (...nodes: readonly number[]): Step[] => {
      return nodes.map((node) => this.#exchanges.exchange(node))
    }
    return [
      zone(untold, ''),
      zone(told, '0123456789'),
      { kind: 'clock', node: untold, byMs: -6 * YEAR_MS },
      this.#writes.writeThese(0, { verb: 'upsert', ...row }),
      ...exchanges(0, told, 0),
      this.#writes.writeThese(0, { verb: 'delete', ...row }),
      ...exchanges(0, told, 0),
      { kind: 'wait', ms: 2 * DAY_MS },
      ...exchanges(0),
      zone(untold, '0123456789'),
      this.#writes.writeThese(untold, { verb: 'upsert', ...row }),
      ...exchanges(untold, 0),
    ]
  }
}
