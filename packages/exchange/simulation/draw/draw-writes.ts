import type { Random } from '../random/random.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Statement, Step } from '../world/step.ts'
import { KEY_COUNT } from '../world/tables.ts'
import type { Who } from './who.ts'

export type Write = Step & { readonly kind: 'write' }

/** What a statement is about; the rest goes without saying. */
export type About = Pick<Statement, 'verb' | 'table' | 'key' | 'otherKey'> & {
  readonly value?: number
}

/** Draws what programs write. */
export class WriteDrawer {
  readonly #random: Random
  readonly #shape: WorldShape
  readonly #who: Who
  #serial = 0

  constructor(random: Random, shape: WorldShape, who: Who) {
    this.#random = random
    this.#shape = shape
    this.#who = who
  }

  /** A transaction of anything. */
  write(node: number): Write {
    const random = this.#random
    const statements = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => this.#statement())
    const ends = random.percent(8) ? 'rollback' : 'commit'
    return { kind: 'write', node, instance: this.#who.instanceOf(node), statements, ends }
  }

  /** One transaction of these statements. */
  writeThese(node: number, ...those: readonly [About, ...About[]]): Write {
    const statements = those.map((about) => ({
      value: about.key,
      ...about,
      serial: this.nextSerial(),
    }))
    const instance = this.#who.instanceOf(node)
    return { kind: 'write', node, instance, statements, ends: 'commit' }
  }

  /** People enter the same rows once more, and not the same values. */
  repeat(step: Write): Write {
    const statements = step.statements.map((statement) => {
      return { ...statement, verb: 'upsert', serial: this.nextSerial() } as const
    })
    return { ...step, statements, ends: 'commit', instance: 'own' }
  }

  /** One of the few keys that there are. */
  key(): number {
    return this.#random.below(KEY_COUNT)
  }

  /** Mostly all of the steps, sometimes not the first ones. */
  someOf<Some>(steps: readonly Some[], atMostLeft: number): readonly Some[] {
    return steps.slice(this.#random.below(atMostLeft + 1))
  }

  nextSerial(): number {
    this.#serial += 1
    return this.#serial
  }

  /** The next one that gives this rest when it is divided by four: a row with 0 refers to no other one; one with 0 or 2 is refused nowhere. */
  nextSerialWith(rest: 0 | 2): number {
    const serial = this.nextSerial()
    return serial % 4 === rest ? serial : this.nextSerialWith(rest)
  }

  #statement(): Statement {
    const random = this.#random
    return {
      verb: random.weighted<Statement['verb']>([
        { weight: 4, item: 'insert' },
        { weight: 4, item: 'upsert' },
        { weight: 3, item: 'replace' },
        { weight: 3, item: 'update' },
        { weight: 2, item: 'evict' },
        { weight: 2, item: 'ignore' },
        { weight: 3, item: 'delete' },
        { weight: 2, item: 'rekey' },
      ]),
      table: random.below(Math.max(2, this.#shape.tables.length)),
      key: this.key(),
      otherKey: this.key(),
      serial: this.nextSerial(),
      value: this.key(),
    }
  }
}
