/**
 * Takes the messages that wait for this node and applies them in the order of their numbers.
 *
 *     list → save the file → check it → decide and apply (one transaction) → remove the letter
 *
 * The letter goes only after the commit: a process that dies anywhere before leaves it, and finds a duplicate the next time.
 */
import { MessageDamaged, MessageTooNew } from '../message/errors.ts'
import { acceptAcknowledgement, gapNeedsResend } from '../plan/acknowledgement.ts'
import { compareEpochs } from '../plan/epoch.ts'
import { NodeRunsTwice } from '../plan/errors.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { type NodeState, startEpoch } from '../plan/node-state.ts'
import { offerAgain } from '../plan/numbering.ts'
import {
  beginEpoch,
  decideReception,
  deservesAnswer,
  followEpoch,
  oweAnswer,
  recordDamage,
  recordGap,
  recordReception,
  type Reception,
} from '../plan/reception.ts'
import {
  hearStop,
  isStopped,
  type StoppedNode,
  withFork,
  withNewLife,
  withoutChoice,
  withPeerLives,
} from '../plan/standing.ts'
import type { StoreTransaction } from '../store/change-store.ts'
import type { Inbox, WaitingMessage } from '../transport/transport.ts'
import { compareTables } from './compare-tables.ts'
import { DamagedLetters } from './damaged-letters.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { IncomingFiles } from './incoming-files.ts'
import { keepAliveDuring } from './keep-alive.ts'
import { KeyBlocks } from './key-blocks.ts'
import { LetterNotes } from './letter-notes.ts'
import { readMessage, type VerifiedMessage } from './message-reader.ts'
import { addSummary, NOTHING_RECEIVED, type ReceivingSummary } from './receiving-summary.ts'
import { keepWhatIsSaid } from './set-aside.ts'
import { senderOf } from './sender-of.ts'
import { Spool } from './spool.ts'
import { checkEpoch, needsMending, type Outcome } from './waiting-messages.ts'

/** What was received, and what could not be: the events have told of that already. */
export interface Received {
  readonly summary: ReceivingSummary
  readonly damaged: readonly MessageDamaged[]
}

/** What receives from one node, message by message. */
export class NodeReceiver {
  readonly #context: ExchangeContext
  readonly #inbox: Inbox
  readonly #code: NodeCode
  readonly #files: IncomingFiles
  readonly #keys: KeyBlocks
  readonly #notes: LetterNotes
  readonly #damaged: DamagedLetters
  #summary = NOTHING_RECEIVED
  /** Of letters that could not be removed. */
  #hasTold = false

  constructor(context: ExchangeContext, inbox: Inbox, code: NodeCode) {
    this.#context = context
    this.#inbox = inbox
    this.#code = code
    const spool = new Spool(context.spoolFolder)
    this.#files = new IncomingFiles(inbox, spool)
    this.#notes = new LetterNotes(spool)
    this.#damaged = new DamagedLetters(context, code, this.#notes)
    this.#keys = new KeyBlocks(context)
  }

  get received(): Received {
    return { summary: this.#summary, damaged: this.#damaged.errors }
  }

  /** No more letters of the node are there. */
  end(): void {
    this.#damaged.tellOfOthers()
  }

  /**
   * Removes a letter of one of two databases under the sender's code, unused: what it holds is offered again when somebody has decided.
   * The database learns by the answer that there is another one.
   */
  async dismiss(message: WaitingMessage): Promise<void> {
    this.#context.signal?.throwIfAborted()
    if (this.#notes.has('settled', message)) return void (await this.#remove(message))
    try {
      const { header } = (await this.#files.readKept(message)) ?? (await this.#files.fetch(message))
      await this.#update((known) => {
        checkEpoch(header, known)
        const isNewer = compareEpochs(header.epoch, known.epoch) > 0
        return oweAnswer(isNewer ? startEpoch(known, header.epoch) : known)
      })
      await this.#notes.add('settled', message)
      await this.#remove(message)
    } catch (error) {
      if (!(error instanceof MessageDamaged) && !(error instanceof MessageTooNew)) throw error
    } finally {
      await this.#files.forget(message)
    }
  }

  /** Where the last message stands that holds everything that was not received, by its outside; -1 when none does. */
  async lastInPlace(messages: readonly WaitingMessage[]): Promise<number> {
    const { epoch, receivedNo } = await this.#node()
    return messages.findLastIndex(({ hint }) => {
      return (
        hint !== undefined && (compareEpochs(hint.epoch, epoch) > 0 || hint.baseNo <= receivedNo)
      )
    })
  }

  /** Gives whether it was applied: it may need mending too. */
  async accepts(message: WaitingMessage): Promise<boolean> {
    try {
      return await this.receive(message)
    } catch (error) {
      if (needsMending(error)) return false
      throw error
    }
  }

  /** Gives whether it was applied. */
  async receive(message: WaitingMessage): Promise<boolean> {
    this.#context.signal?.throwIfAborted()
    const node = await this.#node()
    const early = this.#notes.judge(message, node)
    // What waits behind a gap is read once more when something came: by that it may show itself as of another history.
    if (early !== undefined && !(early.kind === 'gap' && this.#summary.messages > 0)) {
      await this.#conclude(message, early)
      return false
    }
    let isKept = false
    try {
      const verified = (await this.#readKept(message)) ?? (await this.#fetch(message))
      const outcome = await keepAliveDuring(this.#inbox, () => this.#apply(verified))
      await this.#conclude(message, outcome)
      const isApplied = outcome.kind === 'applied'
      if (isApplied) await keepAliveDuring(this.#inbox, () => this.#compare(verified))
      return isApplied
    } catch (error) {
      isKept = needsMending(error)
      if (isKept) await this.#files.keep(message)
      if (!(error instanceof MessageDamaged)) throw error
      await this.#setAside(message, node, error)
      return false
    } finally {
      if (!isKept) await this.#files.forget(message)
    }
  }

  async #readKept(message: WaitingMessage): Promise<VerifiedMessage | undefined> {
    const kept = await this.#files.readKept(message)
    if (kept !== undefined) {
      const { messageNo, uuid } = kept.header
      this.#context.onEvent?.({ kind: 'tried-again', node: this.#code, messageNo, uuid })
    }
    return kept
  }

  #fetch(message: WaitingMessage): Promise<VerifiedMessage> {
    const { messageNo } = message.name
    this.#context.onEvent?.({ kind: 'fetching', node: this.#code, messageNo })
    return this.#files.fetch(message)
  }

  /** Decides on the message and applies it, all in one transaction. */
  #apply(message: VerifiedMessage): Promise<Outcome> {
    const { header } = message
    return this.#context.store.transaction(async (transaction) => {
      const known = await transaction.node(this.#code)
      checkEpoch(header, known)
      const reception = decideReception(header, known)
      if (reception.kind === 'stale') return reception
      if (header.isTwice) return this.#stop(transaction, hearStop(known, this.#context.now()))
      if (reception.kind === 'fork') {
        await this.#beginEpoch(transaction, known)
        return reception
      }
      if (reception.kind === 'new-epoch') return this.#follow(transaction, message, known)
      if (reception.kind === 'apply') {
        const node = this.#fillGap(this.#processAcknowledgement(known, header), header)
        return this.#applyRows(transaction, message, this.#meet(node, header))
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
    const { header } = message
    const followed = followEpoch(known, header)
    const standing = withNewLife(known.standing, this.#context.newUuid())
    const node = this.#meet({ ...followed, standing }, header)
    await transaction.forgetVia(this.#code)
    await this.#keys.beginAnew(transaction, this.#code)
    this.#context.onEvent?.({ kind: 'new-epoch', node: this.#code })
    const reception = decideReception(header, node)
    if (reception.kind === 'apply') return this.#applyRows(transaction, message, node)
    if (reception.kind === 'fork') {
      await this.#beginEpoch(transaction, node)
      return reception
    }
    if (isStopped(node)) return this.#stop(transaction, node)
    await transaction.saveNode(node)
    return reception
  }

  async #beginEpoch(transaction: StoreTransaction, known: NodeState): Promise<void> {
    const { now, newUuid } = this.#context
    const standing = withFork(known.standing, now())
    await transaction.saveNode(beginEpoch({ ...known, standing }, newUuid()))
    await transaction.forgetVia(this.#code)
    await this.#keys.beginAnew(transaction, this.#code)
  }

  /** The sender's state with what its message says of its lives: it may be a reason to stop. */
  #meet(node: NodeState, { lives = [] }: MessageHeader): NodeState {
    const standing = withPeerLives(withoutChoice(node.standing), lives, this.#context.now())
    return standing === undefined ? node : { ...node, standing }
  }

  /** The databases that run twice are to learn it. */
  async #stop(transaction: StoreTransaction, node: StoppedNode): Promise<Outcome> {
    const { stop } = node.standing
    if (stop.isChosen) return { kind: 'runs-twice', stop }
    await transaction.saveNode({ ...node, owesAcknowledgement: stop.twice === 'there' })
    return { kind: 'runs-twice', stop }
  }

  #processAcknowledgement(node: NodeState, header: MessageHeader): NodeState {
    const { onEvent } = this.#context
    const { acknowledges, receivedSeq } = header
    const accepted = acknowledges ? acceptAcknowledgement(node, acknowledges, receivedSeq) : node
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
    if (isStopped(node)) return this.#stop(transaction, node)
    const { messageNo } = message.header
    await transaction.fold()
    const applier = await transaction.beginApplying(senderOf(message, node, now()))
    const { rowCount } = message
    let rowsDone = 0
    for await (const piece of readMessage(message, applier)) {
      if (isRows(piece)) {
        await applier.applyRows(piece)
        rowsDone += piece.length
        onEvent?.({ kind: 'applying', node: this.#code, messageNo, rowsDone, rowCount })
      } else {
        await applier.beginTable(piece)
      }
    }
    const summary = await applier.finish()
    await keepWhatIsSaid(transaction, message.header, now())
    await transaction.saveNode(recordReception(node, message.header, rowCount))
    await this.#takeWords(transaction, message.header)
    return { kind: 'applied', summary }
  }

  /** Nothing but this node's own messages changes what is known of it, and they come one after another. */
  async #compare(message: VerifiedMessage): Promise<void> {
    if (message.checks.length === 0) return
    await compareTables(this.#context, await this.#node(), message)
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
    if (outcome.kind === 'duplicate' || outcome.kind === 'stale') {
      return this.#settle(message, outcome)
    }
    await this.#remove(message)
    if (outcome.kind === 'applied') {
      this.#summary = addSummary(this.#summary, outcome.summary)
      const { summary } = outcome
      this.#context.onEvent?.({ kind: 'applied', node, messageNo, summary })
      for (const column of summary.narrower ?? []) {
        this.#context.onEvent?.({ kind: 'column-narrower', node, column })
      }
    } else if (outcome.kind === 'runs-twice') {
      throw new NodeRunsTwice(node, outcome.stop)
    } else if (outcome.kind === 'fork') {
      this.#context.onEvent?.({ kind: 'fork', node, evidence: outcome.evidence })
    }
  }

  /** A letter without effect is told of and answered once, also where the mail server does not let it be removed. */
  async #settle(
    message: WaitingMessage,
    outcome: Reception & { readonly kind: 'duplicate' | 'stale' },
  ): Promise<void> {
    const wasSettled = this.#notes.has('settled', message)
    const isRemoved = await this.#remove(message)
    if (wasSettled) return
    // Of one without our mark nobody could say later that it was answered.
    const isNoted = message.hint !== undefined
    if (deservesAnswer(outcome) && (isNoted || isRemoved)) await this.#update(oweAnswer)
    await this.#notes.add('settled', message)
    const { messageNo } = message.name
    this.#context.onEvent?.({ kind: outcome.kind, node: this.#code, messageNo })
  }

  /**
   * A damaged message is reported, once, and counts as lost: the gap that it leaves is reported and filled. Its letter goes when the
   * message, or a later one in its place, has come; one without our mark on the outside is not ours to remove.
   */
  async #setAside(message: WaitingMessage, node: NodeState, error: MessageDamaged): Promise<void> {
    const { messageNo } = message.name
    await this.#damaged.take(message, error)
    if (message.hint === undefined) return
    if (messageNo <= node.receivedNo) await this.#remove(message)
    else await this.#update((known) => recordDamage(known, messageNo))
  }

  /** A letter that stays is found again, and has no effect: it keeps none of those behind it from being received. Gives whether it goes. */
  async #remove(message: WaitingMessage): Promise<boolean> {
    try {
      await this.#inbox.remove(message)
      return true
    } catch (error) {
      if (this.#context.signal?.aborted === true || !(error instanceof Error)) throw error
      if (!this.#hasTold) this.#context.onEvent?.({ kind: 'removal-unconfirmed', error })
      this.#hasTold = true
      return false
    }
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

function isRows<Rows extends readonly unknown[]>(piece: Rows | object): piece is Rows {
  return Array.isArray(piece)
}
