import type { Random } from '../random/random.ts'
import type { Fate, Mishap, Step } from '../world/step.ts'
import { DAY_MS, MINUTE_MS } from '../world/times.ts'
import type { Who } from './who.ts'

type Exchange = Step & { readonly kind: 'exchange' }

/** Calls of ports in an exchange that has something to do; what lies beyond does not happen. */
const CALLS_OF_AN_EXCHANGE = 60

/** What goes wrong in exchanges of a world. */
export interface ExchangeTroubles {
  readonly mail: boolean
  /** The mail server says no, or falls silent, again and again. */
  readonly rudeServer: boolean
  readonly deaths: boolean
}

/** Draws exchanges, and what becomes of their letters. */
export class ExchangeDrawer {
  readonly #mail: Random
  readonly #faults: Random
  readonly #troubles: ExchangeTroubles
  readonly #who: Who

  constructor(
    { mail, faults }: { readonly mail: Random; readonly faults: Random },
    troubles: ExchangeTroubles,
    who: Who,
  ) {
    this.#mail = mail
    this.#faults = faults
    this.#troubles = troubles
    this.#who = who
  }

  exchange(node: number): Exchange {
    const step = { kind: 'exchange', node, instance: this.#who.instanceOf(node) } as const
    const fates = this.#fates()
    const mishap = this.#troubles.deaths ? this.#mishap() : undefined
    return mishap === undefined ? { ...step, fates } : { ...step, fates, mishap }
  }

  /** An exchange whose first letter goes a certain way. */
  withFate(node: number, fate: Fate): Exchange {
    return { ...this.exchange(node), fates: [fate] }
  }

  #fates(): Fate[] {
    const random = this.#mail
    const { mail, rudeServer } = this.#troubles
    if (random.percent(rudeServer ? 15 : 50) || !(mail || rudeServer)) return []
    return Array.from({ length: random.between(1, 3) }, (): Fate => ({
      verdict: random.weighted<Fate['verdict']>([
        { weight: rudeServer ? 3 : 12, item: 'taken' },
        { weight: 1, item: 'deferred' },
        { weight: 1, item: 'refused' },
        { weight: 1, item: 'unknown, taken' },
        { weight: 1, item: 'unknown, lost' },
      ]),
      delaysMs: Array.from({ length: random.pick([1, 1, 1, 0, 2]) }, () => this.#delay()),
      damage: random.weighted<Fate['damage']>([
        { weight: 14, item: 'none' },
        { weight: 1, item: 'truncated' },
        { weight: 1, item: 'altered' },
      ]),
      hint: random.percent(15) ? 'stripped' : 'kept',
    }))
  }

  #delay(): number {
    return this.#mail.pick([0, 0, 5 * MINUTE_MS, 2 * DAY_MS, 30 * DAY_MS])
  }

  #mishap(): Mishap | undefined {
    const random = this.#faults
    if (random.percent(55)) return undefined
    const kind = random.pick(['dies before', 'dies after', 'fails'] as const)
    return { call: 1 + random.below(CALLS_OF_AN_EXCHANGE), kind }
  }
}

export const LOST: Fate = { verdict: 'taken', delaysMs: [], damage: 'none', hint: 'kept' }
export const UNKNOWN: Fate = {
  verdict: 'unknown, taken',
  delaysMs: [0],
  damage: 'none',
  hint: 'kept',
}
export const REFUSED: Fate = { verdict: 'refused', delaysMs: [], damage: 'none', hint: 'kept' }
