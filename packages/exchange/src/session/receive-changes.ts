/**
 * Takes the messages that wait for this node and applies them in the order of their numbers.
 *
 *     list → save the file → check it → decide and apply (one transaction) → remove the letter
 *
 * The letter goes only after the commit: a process that dies anywhere before leaves it, and finds a duplicate the next time.
 */
import { open } from 'node:fs/promises'

import { MessageDamaged } from '../message/errors.ts'
import { acceptAcknowledgement, gapNeedsResend } from '../plan/acknowledgement.ts'
import { compareEpochs, FIRST_EPOCH, nextEpoch } from '../plan/epoch.ts'
import { judgeByMark } from '../plan/letter-mark.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { type NodeState, startEpoch } from '../plan/node-state.ts'
import { offerAgain } from '../plan/numbering.ts'
import {
  decideReception,
  deservesAnswer,
  followEpoch,
  knownBefore,
  oweAnswer,
  recordDamage,
  recordGap,
  recordReception,
  type Reception,
} from '../plan/reception.ts'
import type { ApplySummary, StoreTransaction } from '../store/change-store.ts'
import type { Inbox, WaitingMessage } from '../transport/transport.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { keepAliveDuring } from './keep-alive.ts'
import { KeyBlocks } from './key-blocks.ts'
import { readMessage, type VerifiedMessage, verifyMessage } from './message-reader.ts'
import { Spool } from './spool.ts'

/** What was received from one node. */
export interface ReceivingSummary {
  readonly messages: number
  readonly applied: number
  readonly outdated: number
  readonly conflicts: number
  readonly refused: number
  /** Rows of tables that this node does not take; absent when there were none. */
  readonly ignored?: number
}

/** What was received, and what could not be: the events have told of that already. */
export interface Received {
  readonly summary: ReceivingSummary
  readonly damaged: readonly MessageDamaged[]
}

/**
 * Receives what waits from one node: everything that can be applied in order. A letter that comes too early stays and is
 * asked for, one that was applied before is removed. Throws {@link SchemaMismatch} and {@link MessageTooNew}: that message
 * waits until somebody has mended the cause.
 */
export async function receiveChanges(
  context: ExchangeContext,
  inbox: Inbox,
  sender: { readonly code: NodeCode; readonly waiting: readonly WaitingMessage[] },
): Promise<Received> {
  const receiver = new NodeReceiver(context, inbox, sender.code)
  const inOrder = sender.waiting.toSorted(byEpochAndNumber)
  for (const message of inOrder) {
    context.signal?.throwIfAborted()
    await receiver.receive(message)
  }
  return receiver.received
}

function byEpochAndNumber(a: WaitingMessage, b: WaitingMessage): number {
  const epochs = a.hint && b.hint ? compareEpochs(a.hint.epoch, b.hint.epoch) : 0
  return epochs === 0 ? a.name.messageNo - b.name.messageNo : epochs
}

/** What became of a message, decided in the transaction that did it. */
type Outcome = Reception | { readonly kind: 'applied'; readonly summary: ApplySummary }

class NodeReceiver {
  readonly #context: ExchangeContext
  readonly #inbox: Inbox
  readonly #code: NodeCode
  readonly #spool: Spool
  readonly #keys: KeyBlocks
  readonly #damaged: MessageDamaged[] = []
  #summary: ReceivingSummary = { messages: 0, applied: 0, outdated: 0, conflicts: 0, refused: 0 }

  constructor(context: ExchangeContext, inbox: Inbox, code: NodeCode) {
    this.#context = context
    this.#inbox = inbox
    this.#code = code
    this.#spool = new Spool(context.spoolFolder)
    this.#keys = new KeyBlocks(context.spoolFolder)
  }

  get received(): Received {
    return { summary: this.#summary, damaged: this.#damaged }
  }

  async receive(message: WaitingMessage): Promise<void> {
    const { messageNo } = message.name
    const node = await this.#node()
    const early = message.hint && judgeByMark({ ...message.hint, messageNo }, node)
    if (early !== undefined) return this.#conclude(message, early)
    const path = this.#spool.incoming()
    try {
      this.#context.onEvent?.({ kind: 'fetching', node: this.#code, messageNo })
      const verified = await this.#fetch(message, path)
      const outcome = await keepAliveDuring(this.#inbox, () => this.#apply(verified))
      await this.#conclude(message, outcome)
    } catch (error) {
      if (!(error instanceof MessageDamaged)) throw error
      await this.#setAside(message, node, error)
    } finally {
      await this.#spool.remove(path)
    }
  }

  /** A message that came damaged by one way may come whole by another. */
  async #fetch(message: WaitingMessage, path: string): Promise<VerifiedMessage> {
    for (;;) {
      try {
        await this.#save(message, path)
        const verified = await verifyMessage(path)
        checkName(message, verified.header)
        return verified
      } catch (error) {
        const hasOtherWay = this.#inbox.hasOtherWay?.(message) === true
        if (!(error instanceof MessageDamaged) || !hasOtherWay) throw error
      }
    }
  }

  async #save(message: WaitingMessage, path: string): Promise<void> {
    const file = await open(path, 'w', 0o600)
    try {
      await this.#inbox.fetch(message, async (octets) => {
        await file.write(octets)
      })
    } finally {
      await file.close()
    }
  }

  /** Decides on the message and applies it, all in one transaction. */
  #apply(message: VerifiedMessage): Promise<Outcome> {
    const { header } = message
    return this.#context.store.transaction(async (transaction) => {
      const known = await transaction.node(this.#code)
      const reception = decideReception(header, known)
      if (reception.kind === 'fork') {
        await this.#beginEpoch(transaction, known)
        return reception
      }
      if (reception.kind === 'new-epoch') return this.#follow(transaction, message, known)
      if (reception.kind === 'apply') {
        const node = this.#fillGap(this.#processAcknowledgement(known, header), header)
        return this.#applyRows(transaction, message, node)
      }
      // What it acknowledges waits until it is applied; what it asks for does not, or two nodes would wait for each other.
      if (reception.kind === 'gap') await transaction.saveNode(this.#fillGap(known, header))
      return reception
    })
  }

  async #follow(
    transaction: StoreTransaction,
    message: VerifiedMessage,
    known: NodeState,
  ): Promise<Outcome> {
    const node = followEpoch(known, message.header)
    await transaction.forgetVia(this.#code)
    await this.#keys.beginAnew(transaction, this.#code)
    this.#context.onEvent?.({ kind: 'new-epoch', node: this.#code })
    const reception = decideReception(message.header, node)
    if (reception.kind === 'apply') return this.#applyRows(transaction, message, node)
    if (reception.kind === 'fork') await this.#beginEpoch(transaction, node)
    else await transaction.saveNode(node)
    return reception
  }

  async #beginEpoch(transaction: StoreTransaction, known: NodeState): Promise<void> {
    const epoch = nextEpoch(known.epoch, this.#context.newUuid())
    await transaction.saveNode({ ...startEpoch(known, epoch), owesAcknowledgement: true })
    await transaction.forgetVia(this.#code)
    await this.#keys.beginAnew(transaction, this.#code)
  }

  #processAcknowledgement(node: NodeState, header: MessageHeader): NodeState {
    const { onEvent } = this.#context
    const accepted = header.acknowledges ? acceptAcknowledgement(node, header.acknowledges) : node
    if (accepted.acknowledgedNo > node.acknowledgedNo) {
      onEvent?.({ kind: 'acknowledged', node: this.#code, messageNo: accepted.acknowledgedNo })
    }
    return accepted
  }

  #fillGap(node: NodeState, { gapBefore }: MessageHeader): NodeState {
    if (gapBefore === undefined || !gapNeedsResend(node, gapBefore)) return node
    const afterNo = node.acknowledgedNo
    this.#context.onEvent?.({ kind: 'offered-again', node: this.#code, afterNo, reason: 'gap' })
    return offerAgain(node)
  }

  async #applyRows(
    transaction: StoreTransaction,
    message: VerifiedMessage,
    node: NodeState,
  ): Promise<Outcome> {
    const { now, onEvent } = this.#context
    const { messageNo } = message.header
    await transaction.fold()
    const beginsAnew = node.epoch.counter > FIRST_EPOCH.counter && node.acknowledgedSeq === 0
    const applier = await transaction.beginApplying({
      code: this.#code,
      acknowledgedSeq: beginsAnew ? knownBefore(node, message.header) : node.acknowledgedSeq,
      beginsAnew,
      // A message without rows says nothing of those that are still to come.
      hasMore: message.header.hasMore === true || message.rowCount === 0,
      nowMs: now(),
    })
    const { rowCount } = message
    let rowsDone = 0
    for await (const piece of readMessage(message.path)) {
      if (isRows(piece)) {
        await applier.applyRows(piece)
        rowsDone += piece.length
        onEvent?.({ kind: 'applying', node: this.#code, messageNo, rowsDone, rowCount })
      } else {
        await applier.beginTable(piece)
      }
    }
    // The file was checked before. Should it have become another one since, nothing of it is applied.
    if (rowsDone !== rowCount) throw new MessageDamaged('its file changed while it was applied')
    const summary = await applier.finish()
    await transaction.saveNode(recordReception(node, message.header, rowCount))
    await this.#takeWords(transaction, message.header)
    return { kind: 'applied', summary }
  }

  /** Takes what the header says beside numbers: of keys, and of conflicts that were decided. */
  async #takeWords(transaction: StoreTransaction, header: MessageHeader): Promise<void> {
    const { resolutions = [] } = header
    if (resolutions.length > 0) {
      await transaction.acceptResolutions(this.#code, resolutions, this.#context.now())
    }
    const owesAnswer = await this.#keys.accept(transaction, header)
    await this.#keys.tendWhileApplying(transaction)
    if (owesAnswer) await transaction.saveNode(oweAnswer(await transaction.node(this.#code)))
  }

  /** After the commit: removes the letter when nobody needs it any more, and tells what happened. */
  async #conclude(message: WaitingMessage, outcome: Outcome): Promise<void> {
    const { messageNo } = message.name
    const node = this.#code
    if (outcome.kind === 'gap') {
      const { receivedNo } = await this.#update((known) => recordGap(known, messageNo))
      this.#context.onEvent?.({ kind: 'gap', node, messageNo, receivedNo })
      return
    }
    if (outcome.kind !== 'applied' && deservesAnswer(outcome)) await this.#update(oweAnswer)
    await this.#inbox.remove(message)
    if (outcome.kind === 'applied') {
      this.#summary = addSummary(this.#summary, outcome.summary)
      this.#context.onEvent?.({ kind: 'applied', node, messageNo, summary: outcome.summary })
    } else if (outcome.kind === 'fork') {
      this.#context.onEvent?.({ kind: 'fork', node, evidence: outcome.evidence })
    } else if (outcome.kind === 'duplicate' || outcome.kind === 'stale') {
      this.#context.onEvent?.({ kind: outcome.kind, node, messageNo })
    }
  }

  /**
   * A damaged message is reported and counts as lost: the gap that it leaves is reported and filled. Its letter goes when the
   * message, or a later one in its place, has come; one without our mark on the outside is not ours to remove.
   */
  async #setAside(message: WaitingMessage, node: NodeState, error: MessageDamaged): Promise<void> {
    const { messageNo } = message.name
    this.#context.onEvent?.({ kind: 'problem', node: this.#code, error })
    this.#damaged.push(error)
    if (message.hint === undefined) return
    if (messageNo <= node.receivedNo) await this.#inbox.remove(message)
    else await this.#update((known) => recordDamage(known, messageNo))
  }

  #node(): Promise<NodeState> {
    return this.#context.store.transaction((transaction) => transaction.node(this.#code))
  }

  #update(change: (node: NodeState) => NodeState): Promise<NodeState> {
    return this.#context.store.transaction(async (transaction) => {
      const node = change(await transaction.node(this.#code))
      await transaction.saveNode(node)
      return node
    })
  }
}

function checkName({ name }: WaitingMessage, header: MessageHeader): void {
  const isSame =
    header.plan === name.plan &&
    header.from === name.from &&
    header.to === name.to &&
    header.messageNo === name.messageNo
  if (!isSame) throw new MessageDamaged('its file name says something else than its header')
}

function isRows<Rows extends readonly unknown[]>(piece: Rows | object): piece is Rows {
  return Array.isArray(piece)
}

function addSummary(sum: ReceivingSummary, applied: ApplySummary): ReceivingSummary {
  return {
    messages: sum.messages + 1,
    applied: sum.applied + applied.applied,
    outdated: sum.outdated + applied.outdated,
    conflicts: sum.conflicts + applied.conflicts,
    refused: applied.refused,
    ...withIgnored((sum.ignored ?? 0) + (applied.ignored ?? 0)),
  }
}

function withIgnored(ignored: number): Pick<ReceivingSummary, 'ignored'> {
  return ignored > 0 ? { ignored } : {}
}
