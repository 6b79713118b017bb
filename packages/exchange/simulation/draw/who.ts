import type { Random } from '../random/random.ts'
import { peersOf, type WorldShape } from '../world/shape.ts'
import type { Instance } from '../world/step.ts'

/** Draws who does something. */
export class Who {
  readonly #random: Random
  readonly #shape: WorldShape
  /** Nodes beside whose database a copy runs. */
  readonly #copied = new Set<number>()

  constructor(random: Random, shape: WorldShape) {
    this.#random = random
    this.#shape = shape
  }

  node(): number {
    return this.#random.below(this.#shape.codes.length)
  }

  peerOf(node: number): number {
    const peers = peersOf(this.#shape, node)
    return peers[this.#random.below(peers.length)] ?? node
  }

  /** A node, or the copy that runs beside it. */
  instanceOf(node: number): Instance {
    return this.#copied.has(node) && this.#random.percent(50) ? 'copy' : 'own'
  }

  hasCopy(node: number): boolean {
    return this.#copied.has(node)
  }

  beginCopy(node: number): void {
    this.#copied.add(node)
  }

  endCopy(node: number): void {
    this.#copied.delete(node)
  }
}
