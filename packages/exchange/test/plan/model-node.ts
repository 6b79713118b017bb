/**
 * A node without a database, a mailbox or a file: its rows with their versions, its change index as the fold makes it, and
 * its exchange by the functions of `plan/`, called as `session/` calls them.
 */
import assert from 'node:assert/strict'

import { acceptAcknowledgement, gapNeedsResend } from '../../src/plan/acknowledgement.ts'
import { compareEpochs, type Epoch, nextEpoch } from '../../src/plan/epoch.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import { judgeByMark } from '../../src/plan/letter-mark.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { type MessageNo, NO_MESSAGE } from '../../src/plan/message-no.ts'
import type { NodeCode } from '../../src/plan/node-code.ts'
import {
  newNodeState,
  type NodeState,
  type SentMessage,
  startEpoch,
} from '../../src/plan/node-state.ts'
import {
  isOverdue,
  offerAgain,
  planNextMessage,
  recordDelivery,
  recordNothingToSend,
  recordSending,
  type SendingRules,
  withdraw,
} from '../../src/plan/numbering.ts'
import {
  decideReception,
  deservesAnswer,
  followEpoch,
  oweAnswer,
  recordDamage,
  recordGap,
  recordReception,
  type Reception,
  type ForkEvidence,
} from '../../src/plan/reception.ts'
import { compareVersions, type RowVersion } from '../../src/plan/row-version.ts'

/** A row in a message: its value, or `undefined` for a deletion. */
interface ModelRow extends RowVersion {
  readonly key: string
  readonly value: string | undefined
}

interface IndexEntry extends RowVersion {
  readonly seq: number
  readonly via: string
}

export interface Letter {
  readonly header: MessageHeader
  readonly rows: readonly ModelRow[]
  readonly hint:
    { readonly epoch: Epoch; readonly uuid: string; readonly baseNo: MessageNo } | undefined
  readonly isDamaged: boolean
}

/** What the mail server says to a letter; `unknown`: it took it, and the connection broke before it said so. */
export type Verdict = 'taken' | 'deferred' | 'unknown' | 'refused'

/** What a node is connected to. */
export interface Surroundings {
  readonly rules: SendingRules
  now(): number
  newUuid(): string
  post(letter: Letter): Verdict
  /** Rows that the next message may hold. */
  rowBound(): number
  onFork?(node: ModelNode, evidence: ForkEvidence): void
  onSaved?(node: ModelNode, before: NodeState, after: NodeState): void
}

/** Everything that a backup of a node holds. */
export interface Snapshot {
  readonly data: ReadonlyMap<string, string>
  readonly index: ReadonlyMap<string, IndexEntry>
  readonly log: ReadonlyMap<string, number>
  readonly headSeq: number
  readonly states: ReadonlyMap<NodeCode, NodeState>
  readonly spool: ReadonlyMap<string, Letter>
}

const PLAN = parsePlanName('УдаленныеСклады')

export class ModelNode {
  readonly code: NodeCode
  readonly #around: Surroundings
  #data = new Map<string, string>()
  #index = new Map<string, IndexEntry>()
  #log = new Map<string, number>()
  #headSeq = 0
  #states: Map<NodeCode, NodeState>
  #spool = new Map<string, Letter>()

  constructor(code: NodeCode, peers: readonly NodeCode[], around: Surroundings) {
    this.code = code
    this.#around = around
    this.#states = new Map(peers.map((peer) => [peer, newNodeState(peer)]))
  }

  get peers(): readonly NodeCode[] {
    return [...this.#states.keys()]
  }

  get data(): ReadonlyMap<string, string> {
    return this.#data
  }

  get index(): ReadonlyMap<string, IndexEntry> {
    return this.#index
  }

  state(peer: NodeCode): NodeState {
    const state = this.#states.get(peer)
    assert.ok(state)
    return state
  }

  /** What an application does; `undefined` deletes. */
  write(key: string, value: string | undefined): void {
    if (value === undefined) this.#data.delete(key)
    else this.#data.set(key, value)
    this.#log.delete(key)
    this.#log.set(key, this.#around.now())
  }

  backUp(): Snapshot {
    return {
      data: new Map(this.#data),
      index: new Map(this.#index),
      log: new Map(this.#log),
      headSeq: this.#headSeq,
      states: new Map(this.#states),
      spool: new Map(this.#spool),
    }
  }

  restore(snapshot: Snapshot, options: { readonly withSpool: boolean }): void {
    this.#data = new Map(snapshot.data)
    this.#index = new Map(snapshot.index)
    this.#log = new Map(snapshot.log)
    this.#headSeq = snapshot.headSeq
    this.#states = new Map(snapshot.states)
    this.#spool = new Map(options.withSpool ? snapshot.spool : [])
  }

  send(peer: NodeCode): void {
    const headSeq = this.#fold()
    const { now, rules } = this.#around
    if (isOverdue(this.state(peer), now(), rules)) this.#save(offerAgain(this.state(peer)))
    if (!this.#deliverRecorded(peer)) return
    while (this.#sendNext(peer, headSeq));
  }

  /** Gives the letters that stay in the mailbox. */
  receive(peer: NodeCode, letters: readonly Letter[]): readonly Letter[] {
    return letters.toSorted(byEpochAndNumber).filter((letter) => {
      const state = this.state(peer)
      const { hint, header } = letter
      const early = hint && judgeByMark({ ...hint, messageNo: header.messageNo }, state)
      if (early === undefined && letter.isDamaged) return this.#setAside(letter, state)
      const outcome = early ?? this.#apply(letter, state)
      if (deservesAnswer(outcome)) this.#save(oweAnswer(this.state(peer)))
      if (outcome.kind !== 'gap') return false
      this.#save(recordGap(this.state(peer), letter.header.messageNo))
      return true
    })
  }

  #save(state: NodeState): void {
    const before = this.state(state.code)
    this.#states.set(state.code, state)
    this.#around.onSaved?.(this, before, state)
  }

  #fold(): number {
    for (const [key, at] of this.#log) {
      const stamp = Math.max(at, 1, (this.#index.get(key)?.stamp ?? 0) + 1)
      this.#headSeq += 1
      this.#index.set(key, { seq: this.#headSeq, stamp, origin: this.code, via: '' })
    }
    this.#log.clear()
    return this.#headSeq
  }

  /** False when the mail server did not take one of them. */
  #deliverRecorded(peer: NodeCode): boolean {
    for (const message of this.state(peer).unacknowledged) {
      if (message.delivered || message.superseded) continue
      const letter = this.#spool.get(message.uuid)
      if (letter === undefined) {
        this.#save(offerAgain(this.state(peer)))
        return true
      }
      if (!this.#deliver(peer, letter, offerAgain)) return false
    }
    return true
  }

  /** False when there is nothing more to be sent now. */
  #sendNext(peer: NodeCode, headSeq: number): boolean {
    const state = this.state(peer)
    const next = planNextMessage(state, headSeq, this.#around.rules)
    if (next.kind !== 'message') return false
    const changes = this.#readChanges(peer, next)
    const rows = changes.slice(0, this.#around.rowBound())
    const hasMore = rows.length < changes.length
    if (rows.length === 0 && !state.owesAcknowledgement) {
      this.#save(recordNothingToSend(state, headSeq))
      return false
    }
    const throughSeq = hasMore ? (rows.at(-1)?.seq ?? next.afterSeq) : next.throughSeq
    const header: MessageHeader = {
      plan: PLAN,
      from: this.code,
      to: peer,
      epoch: state.epoch,
      messageNo: next.messageNo,
      uuid: this.#around.newUuid(),
      baseNo: next.baseNo,
      predecessors: next.predecessors,
      ...(next.acknowledges && { acknowledges: next.acknowledges }),
      ...(next.gapBefore !== NO_MESSAGE && { gapBefore: next.gapBefore }),
      writtenAt: this.#around.now(),
    }
    this.#save(recordSending(state, toSentMessage(header, rows.length, throughSeq)))
    const { epoch, uuid, baseNo } = header
    const letter = { header, rows, hint: { epoch, uuid, baseNo }, isDamaged: false }
    this.#spool.set(uuid, letter)
    return this.#deliver(peer, letter, withdraw) && hasMore
  }

  #deliver(
    peer: NodeCode,
    letter: Letter,
    recordRefusal: (state: NodeState, message: SentMessage) => NodeState,
  ): boolean {
    const verdict = this.#around.post(letter)
    if (verdict === 'refused') {
      const message = this.state(peer).unacknowledged.find(
        ({ uuid }) => uuid === letter.header.uuid,
      )
      assert.ok(message)
      this.#save(recordRefusal(this.state(peer), message))
    }
    if (verdict === 'taken') this.#save(recordDelivery(this.state(peer), letter.header.messageNo))
    if (verdict === 'taken' || verdict === 'refused') this.#spool.delete(letter.header.uuid)
    return verdict === 'taken'
  }

  #readChanges(
    peer: NodeCode,
    range: { readonly afterSeq: number; readonly throughSeq: number },
  ): readonly (ModelRow & { readonly seq: number })[] {
    return [...this.#index]
      .filter(([, { seq, via }]) => seq > range.afterSeq && seq <= range.throughSeq && via !== peer)
      .map(([key, { seq, stamp, origin }]) => ({
        key,
        seq,
        stamp,
        origin,
        value: this.#data.get(key),
      }))
      .toSorted((a, b) => a.seq - b.seq)
  }

  #apply(letter: Letter, known: NodeState): Reception {
    const { header } = letter
    const reception = decideReception(header, known)
    if (reception.kind === 'fork') return this.#beginEpoch(known, reception)
    if (reception.kind === 'new-epoch') return this.#follow(letter, known)
    if (reception.kind === 'apply') {
      return this.#applyRows(letter, fillGap(processAcknowledgement(known, header), header))
    }
    if (reception.kind === 'gap') this.#save(fillGap(known, header))
    return reception
  }

  #beginEpoch(known: NodeState, fork: Reception & { readonly kind: 'fork' }): Reception {
    this.#around.onFork?.(this, fork.evidence)
    const epoch = nextEpoch(known.epoch, this.#around.newUuid())
    this.#save({ ...startEpoch(known, epoch), owesAcknowledgement: true })
    this.#forgetVia(known.code)
    return fork
  }

  #follow(letter: Letter, known: NodeState): Reception {
    const state = followEpoch(known, letter.header)
    this.#forgetVia(known.code)
    const reception = decideReception(letter.header, state)
    if (reception.kind === 'apply') return this.#applyRows(letter, state)
    if (reception.kind === 'fork') return this.#beginEpoch(state, reception)
    this.#save(state)
    return reception
  }

  #applyRows({ header, rows }: Letter, state: NodeState): Reception {
    this.#fold()
    for (const row of rows) this.#applyRow(row, state.code)
    this.#save(recordReception(state, header, rows.length))
    return { kind: 'apply' }
  }

  #applyRow({ key, value, stamp, origin }: ModelRow, via: NodeCode): void {
    const entry = this.#index.get(key)
    if (entry !== undefined && compareVersions({ stamp, origin }, entry) <= 0) return
    this.#headSeq += 1
    this.#index.set(key, { stamp, origin, via, seq: this.#headSeq })
    if (value === undefined) this.#data.delete(key)
    else this.#data.set(key, value)
  }

  #setAside({ header, hint }: Letter, state: NodeState): boolean {
    if (hint === undefined) return true
    if (header.messageNo <= state.receivedNo) return false
    this.#save(recordDamage(state, header.messageNo))
    return true
  }

  #forgetVia(peer: NodeCode): void {
    for (const [key, entry] of this.#index) {
      if (entry.via === peer) this.#index.set(key, { ...entry, via: '' })
    }
  }
}

function processAcknowledgement(state: NodeState, header: MessageHeader): NodeState {
  return header.acknowledges ? acceptAcknowledgement(state, header.acknowledges) : state
}

function fillGap(state: NodeState, { gapBefore }: MessageHeader): NodeState {
  return gapBefore !== undefined && gapNeedsResend(state, gapBefore) ? offerAgain(state) : state
}

function byEpochAndNumber(a: Letter, b: Letter): number {
  const epochs = a.hint && b.hint ? compareEpochs(a.hint.epoch, b.hint.epoch) : 0
  return epochs === 0 ? a.header.messageNo - b.header.messageNo : epochs
}

function toSentMessage(header: MessageHeader, rowCount: number, throughSeq: number): SentMessage {
  const { messageNo, uuid, baseNo, writtenAt } = header
  const sizeOctets = 100 * rowCount
  return {
    messageNo,
    uuid,
    baseNo,
    throughSeq,
    rowCount,
    sizeOctets,
    writtenAt,
    delivered: false,
    superseded: false,
  }
}
