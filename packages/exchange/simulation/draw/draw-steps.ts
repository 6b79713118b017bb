import type { Random } from '../random/random.ts'
import { countsKeys } from '../world/counted-rows.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Step } from '../world/step.ts'
import { ExchangeDrawer, type ExchangeTroubles } from './draw-exchanges.ts'
import { MailboxDrawer } from './draw-mailbox.ts'
import { MeetingDrawer } from './draw-meetings.ts'
import { MemoryDrawer } from './draw-memory.ts'
import { OrderDrawer } from './draw-orders.ts'
import { RefusedDrawer } from './draw-refused.ts'
import { ZONES } from './draw-shape.ts'
import { TellDrawer } from './draw-tellings.ts'
import { WriteDrawer } from './draw-writes.ts'
import { DAY_MS, MINUTE_MS, YEAR_MS } from '../world/times.ts'
import { Who } from './who.ts'

/** What kinds of trouble a world has: all of them at once would leave nothing to be exchanged. */
interface Troubles extends ExchangeTroubles {
  readonly clocks: boolean
  readonly memory: boolean
  readonly disk: boolean
  readonly forgery: boolean
  /** Applications change, one after another. */
  readonly schema: boolean
  /** People and other programs write to the same address. */
  readonly strangers: boolean
}

/** Draws what happens. Each concern has a stream of its own. */
export function drawSteps(random: Random, shape: WorldShape, count: number): Step[] {
  const kinds = random.stream('kinds')
  const drawer = new StepDrawer(random, shape, {
    mail: kinds.percent(60),
    rudeServer: kinds.percent(15),
    deaths: kinds.percent(35),
    clocks: kinds.percent(25),
    memory: kinds.percent(35),
    disk: kinds.percent(7),
    forgery: kinds.percent(12),
    schema: shape.policy === 'latest' && random.stream('schema').percent(8),
    strangers: random.stream('strangers').percent(30),
  })
  const steps: Step[] = []
  while (steps.length < count) steps.push(...drawer.draw(kinds))
  const isUntold = random.stream('untold').percent(40)
  const first = [...drawer.firstBlocks(), ...(isUntold ? drawer.untold() : [])]
  return [...first, ...steps.slice(0, count)]
}

class StepDrawer {
  readonly #shape: WorldShape
  readonly #troubles: Troubles
  readonly #mail: Random
  readonly #faults: Random
  readonly #who: Who
  readonly #writes: WriteDrawer
  readonly #exchanges: ExchangeDrawer
  readonly #tellings: TellDrawer
  readonly #meetings: MeetingDrawer
  readonly #mailbox: MailboxDrawer
  readonly #memory: MemoryDrawer
  readonly #orders: OrderDrawer
  readonly #refused: RefusedDrawer

  constructor(random: Random, shape: WorldShape, troubles: Troubles) {
    this.#shape = shape
    this.#troubles = troubles
    const chances = { mail: random.stream('mail'), faults: random.stream('faults') }
    this.#mail = chances.mail
    this.#faults = chances.faults
    this.#who = new Who(chances.faults, shape)
    this.#writes = new WriteDrawer(random.stream('writes'), shape, this.#who)
    this.#exchanges = new ExchangeDrawer(chances, troubles, this.#who)
    this.#tellings = new TellDrawer(this.#writes, this.#exchanges, this.#who)
    this.#meetings = new MeetingDrawer(shape, this.#who, this.#writes, this.#exchanges)
    this.#mailbox = new MailboxDrawer(chances)
    const drawers = { writes: this.#writes, exchanges: this.#exchanges, tellings: this.#tellings }
    this.#memory = new MemoryDrawer(chances.faults, this.#who, drawers)
    const nextSerial = (): number => this.#writes.nextSerial()
    this.#orders = new OrderDrawer(random.stream('orders'), shape, nextSerial)
    this.#refused = new RefusedDrawer(random.stream('refused'), shape, nextSerial)
  }

  firstBlocks(): Step[] {
    return this.#orders.firstBlocks()
  }

  untold(): Step[] {
    return this.#meetings.hasUntold ? this.#meetings.makeUntold() : []
  }

  /** One step, or several that only together come to something. */
  draw(kinds: Random): readonly Step[] {
    const { mail, rudeServer, clocks, memory, disk, forgery, schema, strangers } = this.#troubles
    const hasZones = this.#shape.zones !== undefined
    const counts = countsKeys(this.#shape)
    const who = this.#who
    const meetings = this.#meetings
    const draw = kinds.weighted<() => readonly Step[]>([
      { weight: 25, item: () => [this.#writes.write(who.node())] },
      { weight: 25, item: () => [this.#exchanges.exchange(who.node())] },
      { weight: 25, item: () => this.#tellings.tell(who.node()) },
      { weight: 8, item: () => [this.#wait()] },
      { weight: mail ? 6 : 0, item: () => [this.#mailbox.shuffle()] },
      { weight: mail ? 6 : 0, item: () => [this.#mailbox.lose()] },
      { weight: mail ? 2 : 0, item: () => [this.#mailbox.refuse()] },
      { weight: hasZones ? 12 : 0, item: () => [this.#zone()] },
      { weight: hasZones ? 12 : 0, item: () => meetings.leave(who.node()) },
      { weight: counts ? 20 : 0, item: () => this.#enter(who.node()) },
      { weight: counts ? 6 : 0, item: () => this.#orders.forgetBlocks() },
      { weight: counts ? 6 : 0, item: () => this.#orders.forgetKeys(who.node()) },
      { weight: meetings.hasReferences ? 15 : 0, item: () => meetings.refer(who.node()) },
      { weight: meetings.hasReferredShares ? 25 : 0, item: () => meetings.comeBack() },
      { weight: this.#refused.hasShares ? 20 : 0, item: () => this.#refused.leave() },
      { weight: this.#refused.hasDecisions ? 25 : 0, item: () => this.#refused.decideTwice() },
      {
        weight: memory && this.#refused.hasUnique ? 15 : 0,
        item: () => this.#forgetWaiting(who.node()),
      },
      { weight: this.#exchangesValues(), item: () => meetings.exchangeValues(who.node()) },
      { weight: forgery ? 15 : 0, item: () => [this.#mailbox.forge()] },
      { weight: strangers ? 20 : 0, item: () => this.#mailbox.strangeLetters() },
      { weight: schema ? 15 : 0, item: () => [{ kind: 'add column', node: who.node() }] },
      { weight: rudeServer ? 20 : 0, item: () => this.#tellings.mumble(who.node()) },
      { weight: clocks ? 15 : 0, item: () => this.#clock(who.node()) },
      { weight: clocks && meetings.forgets ? 20 : 0, item: () => meetings.comeAgain(who.node()) },
      { weight: disk ? 10 : 0, item: () => [this.#disk()] },
      { weight: memory ? 40 : 0, item: () => this.#memory.draw(who.node()) },
    ])
    return draw()
  }

  /** More of them where a row that is taken out for a moment may take others with it. */
  #exchangesValues(): number {
    const { hasUnique, hasReferences } = this.#meetings
    return hasUnique ? (hasReferences ? 20 : 6) : 0
  }

  #forgetWaiting(node: number): Step[] {
    return this.#refused.forget(node, this.#who.peerOf(node))
  }

  /** Somebody enters orders, and mostly tells of them. */
  #enter(node: number): Step[] {
    const write = { ...this.#orders.enter(node), instance: this.#who.instanceOf(node) }
    const exchange = (who: number): Step => this.#exchanges.exchange(who)
    const told = [exchange(node), exchange(this.#who.peerOf(node)), exchange(node)]
    return [write, ...this.#writes.someOf(told, 2)]
  }

  #wait(): Step {
    const ms = this.#mail.pick([MINUTE_MS, DAY_MS, 2 * DAY_MS, 10 * DAY_MS, YEAR_MS])
    return { kind: 'wait', ms }
  }

  #clock(node: number): Step[] {
    const byMs = this.#faults.pick([3 * YEAR_MS, -3 * YEAR_MS, -3 * YEAR_MS, -DAY_MS, -5000])
    const before = this.#faults.percent(50) ? this.#tellings.tellInVain(node) : []
    return [...before, { kind: 'clock', node, byMs }]
  }

  #zone(): Step {
    return { kind: 'zone', node: this.#who.node(), zone: this.#faults.pick(ZONES) }
  }

  #disk(): Step {
    const node = this.#who.node()
    return { kind: 'disk', node, freePages: this.#faults.pick([0, 0, 1, undefined]) }
  }
}
