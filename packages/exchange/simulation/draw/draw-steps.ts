import type { Random } from '../random/random.ts'
import { countsKeys } from '../world/counted-rows.ts'
import { peersOf, SHARED_TABLE, type WorldShape } from '../world/shape.ts'
import type { Fate, Instance, Mishap, Statement, Step } from '../world/step.ts'
import { firstBlocks, OrderDrawer } from './draw-orders.ts'
import { RefusedDrawer } from './draw-refused.ts'
import { ZONES } from './draw-shape.ts'
import { KEY_COUNT } from '../world/tables.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const YEAR_MS = 365 * DAY_MS

/** Calls of ports in an exchange that has something to do; what lies beyond does not happen. */
const CALLS_OF_AN_EXCHANGE = 60

/** What kinds of trouble a world has: all of them at once would leave nothing to be exchanged. */
interface Troubles {
  readonly mail: boolean
  /** The mail server says no, or falls silent, again and again. */
  readonly rudeServer: boolean
  readonly deaths: boolean
  readonly clocks: boolean
  readonly memory: boolean
  readonly disk: boolean
  readonly forgery: boolean
  /** Applications change, one after another. */
  readonly schema: boolean
  /** People and other programs write to the same address. */
  readonly strangers: boolean
}

type Write = Step & { readonly kind: 'write' }

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
  return [...firstBlocks(shape), ...steps.slice(0, count)]
}

class StepDrawer {
  readonly #shape: WorldShape
  readonly #troubles: Troubles
  readonly #writes: Random
  readonly #mail: Random
  readonly #faults: Random
  readonly #orders: OrderDrawer
  readonly #refused: RefusedDrawer
  readonly #backedUp = new Set<number>()
  readonly #copied = new Set<number>()
  #lastWrite: Write | undefined
  #serial = 0

  constructor(random: Random, shape: WorldShape, troubles: Troubles) {
    this.#shape = shape
    this.#troubles = troubles
    this.#writes = random.stream('writes')
    this.#mail = random.stream('mail')
    this.#faults = random.stream('faults')
    this.#orders = new OrderDrawer(random.stream('orders'), shape, () => this.#nextSerial())
    this.#refused = new RefusedDrawer(random.stream('refused'), shape, () => this.#nextSerial())
  }

  /** One step, or several that only together come to something. */
  draw(kinds: Random): readonly Step[] {
    const { mail, rudeServer, clocks, memory, disk, forgery, schema, strangers } = this.#troubles
    const draw = kinds.weighted<() => readonly Step[]>([
      { weight: 25, item: () => [this.#write(this.#node())] },
      { weight: 25, item: () => [this.#exchange(this.#node())] },
      { weight: 25, item: () => this.#tell(this.#node()) },
      { weight: 8, item: () => [this.#wait()] },
      { weight: mail ? 6 : 0, item: () => [{ kind: 'shuffle', by: this.#mail.below(7) }] },
      { weight: mail ? 6 : 0, item: () => [{ kind: 'lose', letter: this.#mail.below(5) }] },
      { weight: mail ? 2 : 0, item: () => [{ kind: 'refuse', ms: this.#mail.below(5 * DAY_MS) }] },
      { weight: this.#shape.zones === undefined ? 0 : 12, item: () => [this.#zone()] },
      { weight: this.#shape.zones === undefined ? 0 : 12, item: () => this.#leave(this.#node()) },
      { weight: countsKeys(this.#shape) ? 20 : 0, item: () => this.#enter(this.#node()) },
      { weight: countsKeys(this.#shape) ? 6 : 0, item: () => this.#orders.forgetBlocks() },
      {
        weight: countsKeys(this.#shape) ? 6 : 0,
        item: () => this.#orders.forgetKeys(this.#node()),
      },
      { weight: this.#refers() ? 15 : 0, item: () => this.#refer(this.#node()) },
      { weight: this.#refused.hasShares ? 20 : 0, item: () => this.#refused.leave() },
      { weight: this.#refused.hasDecisions ? 6 : 0, item: () => this.#refused.decideTwice() },
      { weight: forgery ? 15 : 0, item: () => [this.#forge()] },
      { weight: strangers ? 20 : 0, item: () => this.#strangeLetters() },
      { weight: schema ? 15 : 0, item: () => [{ kind: 'add column', node: this.#node() }] },
      { weight: rudeServer ? 20 : 0, item: () => this.#mumble(this.#node()) },
      { weight: clocks ? 15 : 0, item: () => this.#clock(this.#node()) },
      { weight: clocks && this.#forgets() ? 20 : 0, item: () => this.#comeAgain(this.#node()) },
      { weight: disk ? 10 : 0, item: () => [this.#disk()] },
      { weight: memory ? 40 : 0, item: () => this.#memory(this.#node()) },
    ])
    return draw()
  }

  /** A node changes something, and a peer hears of it. */
  #tell(node: number): Step[] {
    return [this.#write(node), this.#exchange(node), this.#exchange(this.#peerOf(node))]
  }

  /** Somebody enters orders, and mostly tells of them. */
  #enter(node: number): Step[] {
    const write = { ...this.#orders.enter(node), instance: this.#instance(node) }
    const told = [this.#exchange(node), this.#exchange(this.#peerOf(node)), this.#exchange(node)]
    return [write, ...told.slice(this.#writes.below(3))]
  }

  #refers(): boolean {
    return this.#shape.tables.some(({ parent }) => parent !== undefined)
  }

  /** A node deletes a row, and a peer refers to it before it hears of that. */
  #refer(node: number): Step[] {
    const peer = this.#peerOf(node)
    const key = this.#writes.below(KEY_COUNT)
    const child = this.#shape.tables.findIndex(({ parent }) => parent !== undefined)
    const parent = this.#parentOf(child)
    const known = [this.#writeOne(node, { verb: 'upsert', table: parent, key, otherKey: key })]
    const other = this.#writes.below(KEY_COUNT)
    const apart: Step[] = [
      this.#writeOne(node, { verb: 'delete', table: parent, key, otherKey: key }),
      this.#writeOne(peer, { verb: 'upsert', table: child, key: other, otherKey: key }),
    ]
    const told = [this.#exchange(node), this.#exchange(peer)]
    return [...known, ...told, ...apart, ...told.slice(this.#writes.below(2))]
  }

  /** A node tells of a row that may be none of its share, and changes it before it hears so. */
  #leave(node: number): Step[] {
    const peer = node === 0 ? this.#peerOf(0) : node
    const key = this.#writes.below(KEY_COUNT)
    const row = { verb: 'upsert', table: SHARED_TABLE, key, otherKey: key } as const
    const told = [this.#exchange(peer), this.#exchange(0)]
    return [this.#writeOne(peer, row), ...told, this.#writeOne(peer, row)]
  }

  #parentOf(child: number): number {
    return this.#shape.tables[child]?.parent ?? 0
  }

  #writeOne(node: number, what: Pick<Statement, 'verb' | 'table' | 'key' | 'otherKey'>): Step {
    this.#serial += 1
    const statements = [{ ...what, serial: this.#serial, value: what.key }]
    return { kind: 'write', node, instance: this.#instance(node), statements, ends: 'commit' }
  }

  /** The same, but the first letter goes astray. */
  #tellInVain(node: number): Step[] {
    return [this.#write(node), { ...this.#exchange(node), fates: [LOST] }]
  }

  /** A letter is taken without a word, and refused when it is sent once more. */
  #mumble(node: number): Step[] {
    const unknown = { ...this.#exchange(node), fates: [UNKNOWN] }
    const refused = { ...this.#exchange(node), fates: [REFUSED] }
    return [this.#write(node), unknown, refused, this.#write(node), this.#exchange(node)]
  }

  #node(): number {
    return this.#faults.below(this.#shape.codes.length)
  }

  #peerOf(node: number): number {
    const peers = peersOf(this.#shape, node)
    return peers[this.#faults.below(peers.length)] ?? node
  }

  #instance(node: number): Instance {
    return this.#copied.has(node) && this.#faults.percent(50) ? 'copy' : 'own'
  }

  #write(node: number): Step {
    const random = this.#writes
    const statements = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => this.#statement())
    const ends = random.percent(8) ? 'rollback' : 'commit'
    return { kind: 'write', node, instance: this.#instance(node), statements, ends }
  }

  #nextSerial(): number {
    this.#serial += 1
    return this.#serial
  }

  #statement(): Statement {
    const random = this.#writes
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
      key: random.below(KEY_COUNT),
      otherKey: random.below(KEY_COUNT),
      serial: this.#nextSerial(),
      value: random.below(KEY_COUNT),
    }
  }

  #exchange(node: number): Step & { readonly kind: 'exchange' } {
    const step = { kind: 'exchange', node, instance: this.#instance(node) } as const
    const fates = this.#fates()
    const mishap = this.#troubles.deaths ? this.#mishap() : undefined
    return mishap === undefined ? { ...step, fates } : { ...step, fates, mishap }
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

  #wait(): Step {
    const ms = this.#mail.pick([MINUTE_MS, DAY_MS, 2 * DAY_MS, 10 * DAY_MS, YEAR_MS])
    return { kind: 'wait', ms }
  }

  #forge(): Step {
    const forgery = this.#faults.pick(FORGERIES)
    return { kind: 'forge', letter: this.#faults.below(5), forgery }
  }

  #strangeLetters(): Step[] {
    const random = this.#mail
    return Array.from({ length: random.between(1, 2) }, () => {
      const strange = random.pick(STRANGE_KINDS)
      return { kind: 'strange letter', letter: random.below(5), strange }
    })
  }

  #clock(node: number): Step[] {
    const byMs = this.#faults.pick([3 * YEAR_MS, -3 * YEAR_MS, -3 * YEAR_MS, -DAY_MS, -5000])
    const before = this.#faults.percent(50) ? this.#tellInVain(node) : []
    return [...before, { kind: 'clock', node, byMs }]
  }

  /** Deletions are forgotten as soon as all nodes know of them. */
  #forgets(): boolean {
    return this.#shape.rules.keepDeletionsDays === 0
  }

  /** A row is deleted by a clock that is years ahead; when that is forgotten, it comes again by the right time. */
  #comeAgain(node: number): Step[] {
    const key = this.#writes.below(KEY_COUNT)
    const row = { table: 0, key, otherKey: key }
    const told = [this.#exchange(node), this.#exchange(this.#peerOf(node)), this.#exchange(node)]
    return [
      { kind: 'clock', node, byMs: 3 * YEAR_MS },
      this.#writeOne(node, { verb: 'upsert', ...row }),
      this.#writeOne(node, { verb: 'delete', ...row }),
      { kind: 'clock', node, byMs: -3 * YEAR_MS },
      ...told,
      { kind: 'wait', ms: 2 * DAY_MS },
      this.#exchange(node),
      this.#writeOne(node, { verb: 'upsert', ...row }),
    ]
  }

  #zone(): Step {
    return { kind: 'zone', node: this.#node(), zone: this.#faults.pick(ZONES) }
  }

  #disk(): Step {
    return { kind: 'disk', node: this.#node(), freePages: this.#faults.pick([0, 0, 1, undefined]) }
  }

  /** A backup is of use only when something happens, and it is restored. */
  #memory(node: number): Step[] {
    const random = this.#faults
    const backedUp = this.#backedUp.has(node)
    const copied = this.#copied.has(node)
    const draw = random.weighted<() => Step[]>([
      { weight: backedUp ? 1 : 8, item: () => this.#backUp(node) },
      { weight: backedUp ? 8 : 0, item: () => this.#restore(node) },
      { weight: copied ? 0 : 2, item: () => this.#beginCopy(node) },
      { weight: copied ? 2 : 0, item: () => this.#endCopy(node) },
      { weight: 1, item: () => [{ kind: 're-add', node, peer: this.#peerOf(node) }] },
    ])
    return draw()
  }

  #backUp(node: number): Step[] {
    this.#backedUp.add(node)
    const told = this.#tell(node)
    const [write] = told
    this.#lastWrite = write?.kind === 'write' ? this.#repeat(write) : undefined
    // Sometimes it is restored before anybody answers.
    const after = this.#faults.percent(50) ? told : told.slice(0, 2)
    return [...this.#writeAhead(node, this.#lastWrite), { kind: 'back up', node }, ...after]
  }

  /** Rows that were written while the clock was years ahead: what comes next to them is numbered on from there, in each life alike. */
  #writeAhead(node: number, write: Write | undefined): Step[] {
    if (write === undefined || this.#faults.percent(60)) return []
    return [
      { kind: 'clock', node, byMs: 3 * YEAR_MS },
      this.#repeat(write),
      { kind: 'clock', node, byMs: -3 * YEAR_MS },
    ]
  }

  /** People enter once more what is gone, and it is the same rows, but not the same values. */
  #restore(node: number): Step[] {
    const random = this.#faults
    const restore: Step = { kind: 'restore', node, spool: random.pick(SPOOLS) }
    const again = this.#lastWrite === undefined ? [] : [this.#repeat(this.#lastWrite)]
    const told = random.percent(40) ? this.#tellInVain(node) : []
    const answers = random.percent(50) ? [this.#exchange(this.#peerOf(node))] : []
    return [restore, ...again, ...told, ...answers, ...this.#tell(node)]
  }

  #repeat(step: Write): Write {
    const statements = step.statements.map((statement) => {
      this.#serial += 1
      return { ...statement, verb: 'upsert', serial: this.#serial } as const
    })
    return { ...step, statements, ends: 'commit', instance: 'own' }
  }

  #beginCopy(node: number): Step[] {
    this.#copied.add(node)
    return [{ kind: 'copy', node }, this.#write(node), this.#exchange(node), this.#exchange(node)]
  }

  #endCopy(node: number): Step[] {
    this.#copied.delete(node)
    return [{ kind: 'end copy', node }]
  }
}

const LOST: Fate = { verdict: 'taken', delaysMs: [], damage: 'none', hint: 'kept' }
const UNKNOWN: Fate = { verdict: 'unknown, taken', delaysMs: [0], damage: 'none', hint: 'kept' }
const REFUSED: Fate = { verdict: 'refused', delaysMs: [], damage: 'none', hint: 'kept' }

const SPOOLS = ['kept', 'lost'] as const

const FORGERIES = ['noise', 'empty', 'other number', 'other node', 'too new'] as const

const STRANGE_KINDS = [
  'personal',
  'answer',
  'other prefix',
  'no prefix',
  'no attachment',
  'other attachments',
  'attachment of another',
  'other plan',
  'other node',
  'unreadable name',
] as const
