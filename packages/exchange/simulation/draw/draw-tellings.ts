import type { Step } from '../world/step.ts'
import { type ExchangeDrawer, LOST, REFUSED, UNKNOWN } from './draw-exchanges.ts'
import type { Write, WriteDrawer } from './draw-writes.ts'
import type { Who } from './who.ts'

/** Draws how nodes tell others of what they write. */
export class TellDrawer {
  readonly #writes: WriteDrawer
  readonly #exchanges: ExchangeDrawer
  readonly #who: Who

  constructor(writes: WriteDrawer, exchanges: ExchangeDrawer, who: Who) {
    this.#writes = writes
    this.#exchanges = exchanges
    this.#who = who
  }

  /** A node changes something, and a peer hears of it. */
  tell(node: number): readonly [Write, Step, Step] {
    return [
      this.#writes.write(node),
      this.#exchanges.exchange(node),
      this.#exchanges.exchange(this.#who.peerOf(node)),
    ]
  }

  /** The same, but the first letter goes astray. */
  tellInVain(node: number): readonly Step[] {
    return [this.#writes.write(node), this.#exchanges.withFate(node, LOST)]
  }

  /** A letter is taken without a word, and refused when it is sent once more. */
  mumble(node: number): readonly Step[] {
    const unknown = this.#exchanges.withFate(node, UNKNOWN)
    const refused = this.#exchanges.withFate(node, REFUSED)
    const write = this.#writes.write(node)
    return [write, unknown, refused, this.#writes.write(node), this.#exchanges.exchange(node)]
  }
}
