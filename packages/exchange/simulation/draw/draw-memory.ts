import type { Random } from '../random/random.ts'
import type { Step } from '../world/step.ts'
import type { ExchangeDrawer } from './draw-exchanges.ts'
import type { TellDrawer } from './draw-tellings.ts'
import type { Write, WriteDrawer } from './draw-writes.ts'
import { YEAR_MS } from '../world/times.ts'
import type { Who } from './who.ts'

/** Draws how databases are backed up, restored and copied. */
export class MemoryDrawer {
  readonly #random: Random
  readonly #who: Who
  readonly #writes: WriteDrawer
  readonly #exchanges: ExchangeDrawer
  readonly #tellings: TellDrawer
  readonly #backedUp = new Set<number>()
  #lastWrite: Write | undefined

  constructor(
    random: Random,
    who: Who,
    drawers: {
      readonly writes: WriteDrawer
      readonly exchanges: ExchangeDrawer
      readonly tellings: TellDrawer
    },
  ) {
    this.#random = random
    this.#who = who
    this.#writes = drawers.writes
    this.#exchanges = drawers.exchanges
    this.#tellings = drawers.tellings
  }

  /** A backup is of use only when something happens, and it is restored. */
  draw(node: number): readonly Step[] {
    const backedUp = this.#backedUp.has(node)
    const copied = this.#who.hasCopy(node)
    const draw = this.#random.weighted<() => readonly Step[]>([
      { weight: backedUp ? 1 : 8, item: () => this.#backUp(node) },
      { weight: backedUp ? 8 : 0, item: () => this.#restore(node) },
      { weight: copied ? 0 : 2, item: () => this.#beginCopy(node) },
      { weight: copied ? 2 : 0, item: () => this.#endCopy(node) },
      { weight: 1, item: () => [{ kind: 're-add', node, peer: this.#who.peerOf(node) }] },
    ])
    return draw()
  }

  #backUp(node: number): Step[] {
    this.#backedUp.add(node)
    const told = this.#tellings.tell(node)
    const lastWrite = this.#writes.repeat(told[0])
    this.#lastWrite = lastWrite
    // Sometimes it is restored before anybody answers.
    const after = this.#random.percent(50) ? told : told.slice(0, 2)
    return [...this.#writeAhead(node, lastWrite), { kind: 'back up', node }, ...after]
  }

  /** Rows that were written while the clock was years ahead: what comes next to them is numbered on from there, in each life alike. */
  #writeAhead(node: number, write: Write): Step[] {
    if (this.#random.percent(60)) return []
    return [
      { kind: 'clock', node, byMs: 3 * YEAR_MS },
      this.#writes.repeat(write),
      { kind: 'clock', node, byMs: -3 * YEAR_MS },
    ]
  }

  /** People enter once more what is gone, and it is the same rows, but not the same values. */
  #restore(node: number): Step[] {
    const random = this.#random
    const restore: Step = { kind: 'restore', node, spool: random.pick(SPOOLS) }
    const again = this.#lastWrite === undefined ? [] : [this.#writes.repeat(this.#lastWrite)]
    const told = random.percent(40) ? this.#tellings.tellInVain(node) : []
    const answers = random.percent(50) ? [this.#exchanges.exchange(this.#who.peerOf(node))] : []
    return [restore, ...again, ...told, ...answers, ...this.#tellings.tell(node)]
  }

  #beginCopy(node: number): Step[] {
    this.#who.beginCopy(node)
    const write = this.#writes.write(node)
    const exchange = (): Step => this.#exchanges.exchange(node)
    return [{ kind: 'copy', node }, write, exchange(), exchange()]
  }

  #endCopy(node: number): Step[] {
    this.#who.endCopy(node)
    return [{ kind: 'end copy', node }]
  }
}

const SPOOLS = ['kept', 'lost'] as const
