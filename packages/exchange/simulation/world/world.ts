import { newNodeState, parseNodeCode } from '@obmen/exchange'

import type { Mailbox } from '../mail/mailbox.ts'
import { Random } from '../random/random.ts'
import { planNameOf } from '../site/plan-of.ts'
import { addPeer, prepareSite } from '../site/prepared-sites.ts'
import { type Backup, openSite, type Site } from '../site/site.ts'
import type { DatabaseImage } from '../site/site-database.ts'
import { checkAcknowledged, checkSite } from './checks.ts'
import { exchangeOnce } from './exchange-once.ts'
import { KeyWatch } from './key-watch.ts'
import { addStrangeLetter, forgeLetter, loseLetter } from './mail-events.ts'
import { ZONE } from './rules.ts'
import { peersOf, type WorldShape } from './shape.ts'
import type { Fate, Instance, Step } from './step.ts'
import { writeStatements } from './write-statements.ts'

/** When worlds begin: a day like any other. */
const BEGIN_MS = 1_795_000_000_000

/** Something happens about every second. */
const STEP_MS = 1000

export interface WorldOptions {
  readonly seed: number
  /** The mailbox, which other worlds may have as well. */
  readonly mailbox: Mailbox
  /** Is told what happens, line by line. */
  readonly tell?: ((line: string) => void) | undefined
}

/** Nodes, their mailbox, and everything that may happen to them. Made by {@link openWorld}. */
export class World {
  readonly shape: WorldShape
  readonly mailbox: Mailbox
  readonly planName: string
  readonly sites: Site[] = []
  readonly copies = new Map<number, Site>()
  /** What happened, for a person who reads a failure; told only when it is asked for. */
  readonly tell: ((line: string) => void) | undefined
  readonly uuids: Random
  readonly keys = new KeyWatch()
  /** Which part of the first table each node has. */
  readonly zones: Map<number, string>
  /** Nodes whose memory is not what their peers think: restored ones, copied ones, and those that were added again. */
  readonly disturbed = new Set<number>()
  readonly #backups = new Map<number, Backup & { readonly zones: ReadonlyMap<number, string> }>()
  readonly #clocksMs: number[]
  /** The message that each number stands for. */
  readonly numbers = new Map<string, string>()
  /** A table has a column more at one of the nodes, or at several. */
  isWidened = false
  nowMs: number = BEGIN_MS
  #copyCount = 0

  constructor(shape: WorldShape, options: WorldOptions) {
    this.shape = shape
    this.mailbox = options.mailbox
    this.planName = planNameOf(shape)
    this.tell = options.tell
    this.uuids = new Random(options.seed, 'uuid')
    this.#clocksMs = [...shape.clocksMs]
    this.zones = new Map(shape.zones?.entries())
  }

  /** A node begins, with its database as it was prepared. */
  async addSite(image: DatabaseImage): Promise<void> {
    const node = this.sites.length
    const site = await this.#openSite(image, node, `${this.shape.codes[node]}`)
    this.sites.push(site)
    site.model.begin(site.reader.rows())
    for (const peer of peersOf(this.shape, node)) {
      const code = parseNodeCode(this.shape.codes[peer] ?? '')
      site.states.set(code, newNodeState(code))
    }
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.nowMs += STEP_MS
      this.tell?.(JSON.stringify(step))
      await this.take(step)
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'write':
        return this.#write(step)
      case 'exchange':
        return this.exchange(step)
      case 'wait':
        this.nowMs += step.ms
        return
      case 'clock':
        this.#clocksMs[step.node] = (this.#clocksMs[step.node] ?? 0) + step.byMs
        return
      case 'shuffle':
        this.mailbox.shuffle(step.by)
        return
      case 'lose':
        loseLetter(this.mailbox, this.planName, step.letter)
        return
      case 'forge':
        return forgeLetter(this, step)
      case 'strange letter':
        return addStrangeLetter(this, step)
      case 'refuse':
        this.mailbox.refusesUntilMs = this.nowMs + step.ms
        return
      case 'disk':
        this.#site(step.node).limitDisk(step.freePages)
        return
      case 'back up':
        this.#backups.set(step.node, {
          ...this.#site(step.node).backUp(),
          zones: new Map(this.zones),
        })
        return
      case 'restore':
        return this.#restore(step.node, step.spool)
      case 'copy':
        return this.#beginCopy(step.node)
      case 'end copy':
        this.endCopy(step.node)
        return
      case 'zone':
        return this.#setZone(step.node, step.zone)
      case 'add column':
        this.isWidened = true
        this.#site(step.node).database.addColumn()
        return
      case 're-add':
        return this.#addAgain(step.node, step.peer)
    }
  }

  async exchange(step: Step & { readonly kind: 'exchange' }): Promise<void> {
    const site = this.#instance(step.node, step.instance)
    if (site === undefined) return
    const fates: Fate[] = [...step.fates]
    const { mishap, loss } = step
    const isWhole = await exchangeOnce(this, site, { fates, mishap, loss })
    if (isWhole && !site.isDiskLimited) this.keys.onExchanged(site)
    const index = checkSite(site)
    if (this.disturbed.has(site.node)) return
    const givesParts = this.shape.zones !== undefined && site.node === 0
    for (const peer of givesParts ? [] : peersOf(this.shape, site.node)) {
      if (!this.disturbed.has(peer))
        checkAcknowledged(site, this.#site(peer), { index, shape: this.shape })
    }
  }

  /** Whether a copy of a database runs, or ran, beside it. */
  get hasCopied(): boolean {
    return this.#copyCount > 0
  }

  endCopy(node: number): void {
    this.copies.get(node)?.close()
    this.copies.delete(node)
  }

  close(): void {
    for (const node of this.copies.keys()) this.endCopy(node)
    for (const site of this.sites) site.close()
  }

  #openSite(image: DatabaseImage, node: number, name: string): Promise<Site> {
    const nowMs = (): number => this.nowMs + (this.#clocksMs[node] ?? 0)
    return openSite(image, { shape: this.shape, node, name, nowMs })
  }

  #site(node: number): Site {
    const site = this.sites[node % this.sites.length]
    if (site === undefined) throw new RangeError('a world without nodes')
    return site
  }

  #instance(node: number, instance: Instance): Site | undefined {
    return instance === 'own' ? this.#site(node) : this.copies.get(node)
  }

  #write(step: Step & { readonly kind: 'write' }): void {
    const site = this.#instance(step.node, step.instance)
    if (site === undefined) return
    this.keys.onMade(site, writeStatements(this.shape, site, step))
    checkSite(site)
  }

  async #restore(node: number, spool: 'kept' | 'lost'): Promise<void> {
    const backup = this.#backups.get(node)
    if (backup === undefined) return
    this.disturbed.add(node)
    await this.#site(node).restore(backup, spool)
    this.keys.onRestored(this.#site(node), spool)
    // The head office gives again what it gave then.
    if (node === 0) for (const [peer, zone] of backup.zones) this.zones.set(peer, zone)
  }

  async #beginCopy(node: number): Promise<void> {
    if (this.copies.has(node)) return
    this.disturbed.add(node)
    const own = this.#site(node)
    own.life += 1
    this.keys.onCopied(own)
    this.#copyCount += 1
    const copy = await this.#openSite(
      own.backUp().image,
      node,
      `${own.name}-copy-${this.#copyCount}`,
    )
    copy.model = own.model.copy()
    for (const [code, state] of own.states) copy.states.set(code, state)
    copy.copySpool(own)
    this.copies.set(node, copy)
  }

  async #setZone(node: number, zone: string): Promise<void> {
    const [office] = this.sites
    const code = this.#site(node).plan.thisNode
    if (node === 0 || office === undefined || this.shape.zones === undefined) return
    await office.store.transaction((transaction) =>
      transaction.setAttributes(code, new Map([[ZONE, zone]])),
    )
    this.zones.set(node, zone)
  }

  async #addAgain(node: number, peer: number): Promise<void> {
    if (!peersOf(this.shape, node).includes(peer)) return
    this.disturbed.add(node).add(peer)
    const site = this.#site(node)
    site.applied.clear()
    site.told.clear()
    const code = this.#site(peer).plan.thisNode
    await site.store.transaction((transaction) => transaction.removeNode(code))
    await addPeer(site.store, this.shape, peer)
    // It is given the part that it began with.
    const zone = this.shape.zones?.[peer]
    if (node === 0 && zone !== undefined) this.zones.set(peer, zone)
    site.states.set(code, newNodeState(code))
  }
}

/** Makes a world; its databases are prepared once for each shape. */
export async function openWorld(shape: WorldShape, options: WorldOptions): Promise<World> {
  const images = await Promise.all(shape.codes.map((_, node) => prepareSite(shape, node)))
  const world = new World(shape, options)
  for (const image of images) await world.addSite(image)
  return world
}
