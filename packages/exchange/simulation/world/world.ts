import {
  type MessageFileName,
  newNodeState,
  type NodeState,
  type OutgoingMessage,
} from '@obmen/exchange'

import { compareEpochs } from '../../src/plan/epoch.ts'
import { nextMessageNo } from '../../src/plan/message-no.ts'
import { isStopped } from '../../src/plan/standing.ts'
import { unmountDisks } from '../disk/memory-disk.ts'
import { forge } from '../mail/damage.ts'
import { type Letter, Mailbox } from '../mail/mailbox.ts'
import type { LetterContent } from '../model/letter-rows.ts'
import { compareStates, describeState } from '../model/row-state.ts'
import { Random } from '../random/random.ts'
import { addPeer, prepareSite } from '../site/prepared-sites.ts'
import { type Backup, Site } from '../site/site.ts'
import type { StoreAct } from '../site/gated-store.ts'
import { checkAcknowledged, checkProgress, checkSite } from './checks.ts'
import { appliedRows } from './applied-rows.ts'
import { exchangeOnce } from './exchange-once.ts'
import { ZONE } from './rules.ts'
import { oneWayBy, peersOf, type WorldShape } from './shape.ts'
import type { Fate, Forgery, Instance, Step } from './step.ts'
import { WorldFailure } from './world-failure.ts'
import { writeStatements } from './write-statements.ts'

/** When worlds begin: a day like any other. */
const BEGIN_MS = 1_795_000_000_000

/** Something happens about every second. */
const STEP_MS = 1000

export interface WorldOptions {
  readonly seed: number
  /** Is told what happens, line by line. */
  readonly tell?: ((line: string) => void) | undefined
}

/** Nodes, their mailbox, and everything that may happen to them. Made by {@link openWorld}. */
export class World {
  readonly shape: WorldShape
  readonly mailbox: Mailbox
  readonly sites: readonly Site[]
  readonly copies = new Map<number, Site>()
  /** What happened, for a person who reads a failure; told only when it is asked for. */
  readonly tell: ((line: string) => void) | undefined
  readonly uuids: Random
  /** Which part of the first table each node has. */
  readonly zones: Map<number, string>
  /** Nodes whose memory is not what their peers think: restored ones, copied ones, and those that were added again. */
  readonly disturbed = new Set<number>()
  readonly #backups = new Map<number, Backup & { readonly zones: ReadonlyMap<number, string> }>()
  readonly #clocksMs: number[]
  readonly #numbers = new Map<string, string>()
  /** A table has a column more at one of the nodes, or at several. */
  isWidened = false
  nowMs: number = BEGIN_MS
  #copyCount = 0

  constructor(shape: WorldShape, images: readonly Uint8Array[], options: WorldOptions) {
    this.shape = shape
    this.mailbox = new Mailbox(shape.capacity)
    this.tell = options.tell
    this.uuids = new Random(options.seed, 'uuid')
    this.#clocksMs = [...shape.clocksMs]
    this.zones = new Map(shape.zones?.entries())
    unmountDisks()
    this.sites = images.map((image, node) => this.#openSite(image, node, `${shape.codes[node]}`))
    for (const site of this.sites) {
      site.model.begin(site.reader.rows())
      for (const peer of peersOf(shape, site.node)) {
        const code = this.#site(peer).plan.thisNode
        site.states.set(code, newNodeState(code))
      }
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
        this.#lose(step.letter)
        return
      case 'forge':
        this.#forge(step)
        return
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
        this.#restore(step.node, step.spool)
        return
      case 'copy':
        this.#beginCopy(step.node)
        return
      case 'end copy':
        this.endCopy(step.node)
        return
      case 'zone':
        return this.#setZone(step.node, step.zone)
      case 'add column':
        this.isWidened = true
        this.#site(step.node).addColumn()
        return
      case 're-add':
        return this.#addAgain(step.node, step.peer)
    }
  }

  async exchange(step: Step & { readonly kind: 'exchange' }): Promise<void> {
    const site = this.#instance(step.node, step.instance)
    if (site === undefined) return
    const fates: Fate[] = [...step.fates]
    await exchangeOnce(this, site, { fates, mishap: step.mishap })
    const index = checkSite(site)
    if (this.disturbed.has(site.node)) return
    const givesParts = this.shape.zones !== undefined && site.node === 0
    for (const peer of givesParts ? [] : peersOf(this.shape, site.node)) {
      if (!this.disturbed.has(peer))
        checkAcknowledged(site, this.#site(peer), { index, shape: this.shape })
    }
  }

  /** A transaction of the engine has been committed: what it did is now so. */
  onCommit(site: Site, acts: readonly StoreAct[]): void {
    for (const act of acts) {
      if (act.kind === 'save') {
        this.#onSaved(site, act.node)
        continue
      }
      if (act.kind !== 'fold' || site.model.pending.size > 0) site.hasChanged = true
      if (act.kind === 'fold') site.model.fold()
      else if (act.kind === 'apply') this.#onApplied(site)
    }
  }

  /** A letter was taken, or may have been. */
  onPosted(site: Site, { name, hint }: OutgoingMessage, content: LetterContent): void {
    if (this.disturbed.has(site.node)) return
    const { counter, random } = hint.epoch
    const number = [name.from, name.to, counter, random, name.messageNo].join('/')
    const known = this.#numbers.get(number) ?? hint.uuid
    this.#numbers.set(number, known)
    if (known !== hint.uuid) throw new WorldFailure('a number stands for one message', number)
    for (const id of content.rows.keys()) {
      if (site.node === 0 || oneWayBy(this.shape, id) !== 'nodes') continue
      throw new WorldFailure('what goes one way does not go the other way', `${id} of ${name.from}`)
    }
    if (this.disturbed.size > 0 || !this.#travelsOnce(site)) return
    for (const [id, state] of content.rows) {
      const own = site.model.rows.get(id)
      const isFromThere = site.model.sources.get(id) === name.to
      if (!isFromThere || own === undefined || compareStates(own, state) !== 0) continue
      const facts = `${describeState(state)} from ${name.from} to ${name.to}`
      throw new WorldFailure('nothing is sent to where it came from', facts)
    }
  }

  /** A row that left a share and enters it again has to be sent, whoever made it; one that waited comes from any that had it. */
  #travelsOnce(site: Site): boolean {
    const { tables, zones } = this.shape
    const refuses = tables.some(
      ({ unique, refusingNode, parent }) => (unique ?? refusingNode ?? parent) !== undefined,
    )
    return !refuses && (zones === undefined || site.node > 0)
  }

  /** A letter goes only when its message was applied, or is of no use any more: that is known of what was committed. */
  onRemoved(site: Site, { name, content, isFalse }: Letter): void {
    const state = site.states.get(name.from)
    if (isFalse || content === undefined || state === undefined) return
    const isPast = compareEpochs(content.epoch, state.epoch) < 0
    if (isPast || name.messageNo <= state.receivedNo) return
    // Nothing is exchanged, until everything is offered anew.
    if (isStopped(state)) return
    const facts = `message ${name.messageNo} of ${name.from} at ${site.name}`
    throw new WorldFailure('a letter goes when its message is committed', facts)
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

  #openSite(image: Uint8Array, node: number, name: string): Site {
    const nowMs = (): number => this.nowMs + (this.#clocksMs[node] ?? 0)
    return new Site(image, { shape: this.shape, node, name, nowMs })
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
    writeStatements(this.shape, site, step)
    checkSite(site)
  }

  #onApplied(site: Site): void {
    const letter = site.fetched
    if (letter?.content === undefined || letter.isFalse) {
      throw new WorldFailure('only whole messages are applied', `at ${site.name}`)
    }
    if (site.model.pending.size > 0) {
      const facts = `${site.model.pending.size} changes at ${site.name}`
      throw new WorldFailure('changes have versions before a message is applied', facts)
    }
    const { uuid } = letter.content
    if (site.applied.has(uuid))
      throw new WorldFailure('nothing is applied twice', `at ${site.name}`)
    site.applied.add(uuid)
    const { content } = letter
    const taken = { ...content, rows: this.#takenRows(site, content) }
    const before = new Set(site.model.held.keys())
    site.model.apply(
      taken,
      appliedRows(site, this.shape, { sender: content.from, mayMerge: this.isWidened }),
    )
    if (this.shape.isStrict !== true || content.hasMore) return
    const added = [...site.model.held.keys()].find((id) => !before.has(id))
    if (added === undefined) return
    throw new WorldFailure('a strict plan sets nothing aside', `${added} at ${site.name}`)
  }

  /** The head office takes no rows of tables that only it writes. */
  #takenRows(site: Site, { rows }: LetterContent): LetterContent['rows'] {
    if (site.node > 0) return rows
    return new Map([...rows].filter(([id]) => oneWayBy(this.shape, id) !== 'office'))
  }

  #onSaved(site: Site, state: NodeState): void {
    const before = site.states.get(state.code)
    if (before !== undefined) checkProgress(site, before, state)
    site.states.set(state.code, state)
  }

  #lose(number: number): void {
    const messages = this.mailbox.letters
    const letter = messages[number % Math.max(messages.length, 1)]
    if (letter !== undefined) this.mailbox.remove(new Set([letter]))
  }

  #forge({ letter: number, forgery }: Step & { readonly kind: 'forge' }): void {
    const messages = this.mailbox.letters.filter(({ isFalse }) => !isFalse)
    const model = messages[number % Math.max(messages.length, 1)]
    if (model === undefined) return
    const letter: Letter = {
      ...model,
      name: this.#forgeName(model.name, forgery),
      hint: undefined,
      octets: forge(model.octets, forgery),
      content: undefined,
      isFalse: true,
      isTooNew: forgery === 'too new',
    }
    this.mailbox.add([letter])
  }

  #forgeName(name: MessageFileName, forgery: Forgery): MessageFileName {
    if (forgery === 'noise') return name
    if (forgery !== 'other node') return { ...name, messageNo: nextMessageNo(name.messageNo) }
    const others = this.sites.map(({ plan }) => plan.thisNode)
    return {
      ...name,
      to: others.find((code) => code !== name.to && code !== name.from) ?? name.from,
    }
  }

  #restore(node: number, spool: 'kept' | 'lost'): void {
    const backup = this.#backups.get(node)
    if (backup === undefined) return
    this.disturbed.add(node)
    this.#site(node).restore(backup, spool)
    // The head office gives again what it gave then.
    if (node === 0) for (const [peer, zone] of backup.zones) this.zones.set(peer, zone)
  }

  #beginCopy(node: number): void {
    if (this.copies.has(node)) return
    this.disturbed.add(node)
    const own = this.#site(node)
    own.life += 1
    this.#copyCount += 1
    const copy = this.#openSite(own.backUp().image, node, `${own.name}-copy-${this.#copyCount}`)
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
  return new World(shape, images, options)
}
