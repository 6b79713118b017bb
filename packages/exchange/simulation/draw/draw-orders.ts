import type { Random } from '../random/random.ts'
import { countsKeys, isCounted } from '../world/counted-rows.ts'
import { peersOf, type WorldShape } from '../world/shape.ts'
import type { Fate, Statement, Step } from '../world/step.ts'

/** As many as a block has. */
const BLOCK = 6

/** More than a block has, and what is left of the one before. */
const WHOLE_BLOCK = 8

const LOST: Fate = { verdict: 'taken', delaysMs: [], damage: 'none', hint: 'kept' }

/** Draws how people enter orders, whose keys the database counts. */
export class OrderDrawer {
  readonly #random: Random
  readonly #shape: WorldShape
  readonly #nextSerial: () => number

  constructor(random: Random, shape: WorldShape, nextSerial: () => number) {
    this.#random = random
    this.#shape = shape
    this.#nextSerial = nextSerial
  }

  /**
   * Nodes whose keys are counted say so to the head office, and get their first blocks. Seldom these are lost, and people enter orders before they come another
   * time, as many as some blocks have.
   */
  firstBlocks(): Step[] {
    if (!countsKeys(this.#shape)) return []
    const nodes = [...this.#shape.codes.keys()].slice(1)
    const areLost = this.#random.percent(25)
    const early = nodes.map((node) => this.enter(node, BLOCK * this.#random.between(2, 3)))
    return [
      ...nodes.map((node) => exchange(node)),
      { ...exchange(0), fates: areLost ? nodes.map(() => LOST) : [] },
      ...(areLost ? early : []),
      ...nodes.map((node) => exchange(node)),
    ]
  }

  /** Some orders in one transaction. */
  enter(node: number, count: number = this.#random.between(1, 4)): Step & { kind: 'write' } {
    const table = this.#shape.tables.findIndex(isCounted)
    const statements = Array.from({ length: count }, (): Statement => {
      const serial = this.#nextSerial()
      return { verb: 'insert', table, key: 0, otherKey: 0, serial, value: 0 }
    })
    return { kind: 'write', node, instance: 'own', statements, ends: 'commit' }
  }

  /** The head office is restored to a day before it handed blocks out, and hears nothing of them. */
  forgetBlocks(): Step[] {
    const peers = peersOf(this.#shape, 0)
    const peer = peers[this.#random.below(peers.length)] ?? 0
    return [
      { kind: 'back up', node: 0 },
      this.enter(peer, WHOLE_BLOCK),
      exchange(peer),
      exchange(0),
      { ...exchange(peer), fates: this.#random.percent(80) ? [LOST] : [] },
      this.#restore(0),
      // The block that it has, the one that it handed to itself then, and the one that it handed to the peer.
      this.enter(0, WHOLE_BLOCK),
      exchange(0),
      this.enter(0, WHOLE_BLOCK),
      exchange(0),
      this.enter(0, WHOLE_BLOCK),
      this.enter(peer),
    ]
  }

  /** A node is restored to a day before it gave keys and told of them. */
  forgetKeys(node: number): Step[] {
    const told = [this.enter(node), exchange(node)]
    const again = [exchange(node), this.enter(node), exchange(node)]
    return [{ kind: 'back up', node }, ...told, this.#restore(node), ...again]
  }

  #restore(node: number): Step {
    return { kind: 'restore', node, spool: this.#random.percent(80) ? 'kept' : 'lost' }
  }
}

function exchange(node: number): Step & { kind: 'exchange' } {
  return { kind: 'exchange', node, instance: 'own', fates: [] }
}
