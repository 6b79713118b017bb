/** Nodes, the mail between them, and everything that must hold whatever happens. */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'

import { compareEpochs } from '../../src/plan/epoch.ts'
import { type NodeCode, parseNodeCode } from '../../src/plan/node-code.ts'
import type { NodeState } from '../../src/plan/node-state.ts'
import { compareVersions, type RowVersion } from '../../src/plan/row-version.ts'
import { type Letter, ModelNode, type Snapshot, type Verdict } from './model-node.ts'

/** What becomes of one letter. */
export interface Fate {
  readonly verdict: Verdict
  /** One copy for each: the time that it takes. None: it is lost. */
  readonly delays: readonly number[]
  readonly isDamaged: boolean
  readonly hasHint: boolean
}

export type Step =
  | {
      readonly kind: 'write'
      readonly node: number
      readonly key: string
      readonly deletes: boolean
    }
  | {
      readonly kind: 'exchange'
      readonly node: number
      readonly fates: readonly Fate[]
      readonly rowBound: number
    }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'back-up'; readonly node: number }
  | { readonly kind: 'restore'; readonly node: number; readonly withSpool: boolean }

/** Which nodes exchange with which: `[0, 1]` is a pair. */
export type Topology = readonly (readonly [number, number])[]

interface Mail {
  readonly letter: Letter
  readonly arrivesAt: number
}

const GOOD_FATE: Fate = { verdict: 'taken', delays: [0], isDamaged: false, hasHint: true }

const RULES = { window: 3, resendAfterMs: 20 }

/** Longer than any node waits for an answer, by {@link RULES}. */
const LONG_MS = RULES.resendAfterMs * 40

/** No world needs more rounds of undisturbed exchanges than this. */
const MAX_ROUNDS = 60

const CODES = ['ЦБ', 'С01', 'С02'].map((code) => parseNodeCode(code))

export class ModelWorld {
  readonly nodes: readonly ModelNode[]
  /** What happened, for the message of a failure. */
  readonly story: string[] = []
  forks = 0
  #now = 1000
  /** Letters posted so far. */
  #count = 0
  #serial = 0
  #mail: readonly Mail[] = []
  #fates: Fate[] = []
  #rowBound = Number.POSITIVE_INFINITY
  readonly #clocks: readonly number[]
  readonly #snapshots = new Map<ModelNode, Snapshot>()
  readonly #restored = new Map<NodeCode, number>()
  readonly #uuids = new Map<string, string>()
  readonly #writes = new Map<ModelNode, Map<string, RowVersion>>()

  constructor(topology: Topology, clocks: readonly number[] = []) {
    this.#clocks = clocks
    const nodeCount = Math.max(...topology.flat()) + 1
    this.nodes = CODES.slice(0, nodeCount).map((code, node) => {
      const peers = topology.filter((pair) => pair.includes(node)).flat()
      const codes = CODES.filter((peer, index) => peers.includes(index) && peer !== code)
      return new ModelNode(code, codes, {
        rules: RULES,
        now: () => Math.max(this.#now + (this.#clocks[node] ?? 0), 0),
        newUuid: () => this.#next('u'),
        post: (letter) => this.#post(letter),
        rowBound: () => this.#rowBound,
        onFork: (who, evidence) => {
          this.forks += 1
          this.story.push(`${who.code} sees a fork: ${JSON.stringify(evidence)}`)
        },
        onSaved: (who, before, after) => this.#checkProgress(who, before, after),
      })
    })
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) {
      this.#now += 1
      this.#take(step)
      this.#checkAcknowledged()
    }
  }

  /** Lets mail and nodes work without fault until nobody has anything to say. */
  heal(): void {
    this.story.push('heal')
    this.#fates = []
    this.#rowBound = Number.POSITIVE_INFINITY
    this.#mail = this.#mail.map((mail) => ({ ...mail, arrivesAt: 0 }))
    let hasWaited = false
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const before = this.#count
      for (const node of this.nodes) this.#exchange(node)
      const isQuiet = this.#count === before
      if (isQuiet && hasWaited) return
      if (isQuiet) this.#now += LONG_MS
      hasWaited = isQuiet
    }
    this.#fail('the nodes never come to rest')
  }

  /** One node makes a change, so that all of them have to talk. */
  stir(node: number): void {
    this.#take({ kind: 'write', node, key: 'last', deletes: false })
  }

  checkConvergence(): void {
    const [first, ...others] = this.nodes
    assert.ok(first)
    for (const other of others) {
      const isSame = isDeepStrictEqual(sorted(other.data), sorted(first.data))
      if (!isSame) this.#fail(`${other.code} has other rows than ${first.code}`)
    }
    for (const [writer, versions] of this.#writes) {
      for (const [key, version] of versions) {
        for (const node of this.nodes) {
          const entry = node.index.get(key)
          const isThere = entry !== undefined && compareVersions(entry, version) >= 0
          if (!isThere) this.#fail(`${node.code} lost ${key} of ${writer.code}`)
        }
      }
    }
  }

  #take(step: Step): void {
    this.story.push(JSON.stringify(step))
    if (step.kind === 'wait') {
      this.#now += step.ms
      return
    }
    const node = this.nodes[step.node % this.nodes.length]
    assert.ok(node)
    if (step.kind === 'write') this.#write(node, step.key, step)
    else if (step.kind === 'back-up') this.#snapshots.set(node, node.backUp())
    else if (step.kind === 'restore') this.#restore(node, step)
    else {
      this.#fates = [...step.fates]
      this.#rowBound = step.rowBound
      this.#exchange(node)
    }
  }

  #write(node: ModelNode, key: string, { deletes }: { readonly deletes: boolean }): void {
    node.write(key, deletes ? undefined : this.#next('v'))
  }

  #restore(node: ModelNode, options: { readonly withSpool: boolean }): void {
    const snapshot = this.#snapshots.get(node)
    if (snapshot === undefined) return
    this.#restored.set(node.code, (this.#restored.get(node.code) ?? 0) + 1)
    this.#writes.delete(node)
    node.restore(snapshot, options)
  }

  #exchange(node: ModelNode): void {
    for (const peer of node.peers) this.#receive(node, peer)
    for (const peer of node.peers) node.send(peer)
    this.#noteWrites(node)
  }

  #receive(node: ModelNode, peer: NodeCode): void {
    const here = this.#mail.filter(
      ({ letter, arrivesAt }) =>
        letter.header.from === peer && letter.header.to === node.code && arrivesAt <= this.#now,
    )
    const versions = new Map(node.index)
    const kept = node.receive(
      peer,
      here.map(({ letter }) => letter),
    )
    for (const [key, version] of versions) {
      const entry = node.index.get(key)
      const isKept = entry !== undefined && compareVersions(entry, version) >= 0
      if (!isKept) this.#fail(`${node.code} overwrote ${key} by an older version`)
    }
    this.#mail = this.#mail.filter((mail) => !here.includes(mail) || kept.includes(mail.letter))
  }

  #post(letter: Letter): Verdict {
    this.#count += 1
    const { from, to } = letter.header
    const fate = this.#fates.shift() ?? GOOD_FATE
    this.story.push(`  ${from} → ${to}: ${describe(letter)} ${JSON.stringify(fate)}`)
    if (fate.verdict === 'deferred' || fate.verdict === 'refused') return fate.verdict
    this.#checkNumber(letter)
    const { isDamaged } = fate
    const hint = fate.hasHint ? letter.hint : undefined
    const copies = fate.delays.map((delay) => ({
      letter: { ...letter, hint, isDamaged },
      arrivesAt: this.#now + delay,
    }))
    this.#mail = [...this.#mail, ...copies]
    return fate.verdict
  }

  #checkNumber({ header }: Letter): void {
    const { from, to, epoch, messageNo, uuid } = header
    const restores = this.#restored.get(from) ?? 0
    const name = [from, restores, to, epoch.counter, epoch.random, messageNo].join('/')
    const known = this.#uuids.get(name) ?? uuid
    this.#uuids.set(name, known)
    if (uuid !== known) this.#fail(`${from} used number ${messageNo} twice`)
  }

  #next(prefix: string): string {
    this.#serial += 1
    return `${prefix}${this.#serial}`
  }

  /** Versions that a node's own writes got, as long as the node was not set back to a time before them. */
  #noteWrites(node: ModelNode): void {
    const own = this.#writes.get(node) ?? new Map<string, RowVersion>()
    for (const [key, { stamp, origin }] of node.index) {
      if (origin === node.code) own.set(key, { stamp, origin })
    }
    this.#writes.set(node, own)
  }

  #checkProgress(node: ModelNode, before: NodeState, after: NodeState): void {
    const epochs = compareEpochs(after.epoch, before.epoch)
    if (!(epochs >= 0)) this.#fail(`${node.code} went back to an older epoch`)
    if (epochs > 0) return
    for (const name of ['acknowledgedNo', 'acknowledgedSeq', 'receivedNo'] as const) {
      if (!(after[name] >= before[name])) this.#fail(`${node.code}: ${name} fell`)
    }
    assert.ok(after.acknowledgedNo <= after.sentNo)
    assert.ok(after.acknowledgedSeq <= after.offeredSeq)
  }

  /** What a node counts as known to another one is known there. */
  #checkAcknowledged(): void {
    if (this.#restored.size > 0) return
    if (this.forks > 0) this.#fail('there is a fork, though nobody was restored')
    for (const node of this.nodes) {
      for (const peer of this.nodes.filter(({ code }) => node.peers.includes(code))) {
        const { acknowledgedSeq } = node.state(peer.code)
        for (const [key, entry] of node.index) {
          if (entry.seq > acknowledgedSeq && entry.via !== peer.code) continue
          const there = peer.index.get(key)
          const isKnown = there !== undefined && compareVersions(there, entry) >= 0
          if (!isKnown) this.#fail(`${peer.code} does not know ${key} of ${node.code}`)
        }
      }
    }
  }

  #fail(what: string): never {
    const states = this.nodes.flatMap((node) =>
      node.peers.map((peer) => `${node.code} of ${JSON.stringify(node.state(peer))}`),
    )
    assert.fail([what, ...this.story, ...states, ''].join('\n'))
  }
}

function describe({ header, rows }: Letter): string {
  const { epoch, messageNo, uuid, baseNo, acknowledges, gapBefore } = header
  const keys = rows.map(({ key, stamp }) => `${key}@${stamp}`).join(' ')
  return `${epoch.counter}${epoch.random}:${messageNo} ${uuid} base ${baseNo} ack ${acknowledges?.messageNo ?? '-'} gap ${gapBefore ?? '-'} [${keys}]`
}

function sorted(data: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...data].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
