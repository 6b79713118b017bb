/**
 * Writes and delivers the messages for all nodes.
 *
 *     fold → plan the next number of each node → write a body for those that get the same → record their messages (one
 *     transaction) → deliver the letters → record that (one transaction) → the next body
 *
 * Nodes with the same share that are at the same position of the change index get one body: what a change costs here hardly depends on how
 * many nodes it goes to. A process that dies before the record has written nothing but a file, which is cleaned away. One that dies
 * after it finds messages undelivered and delivers the same octets again: the receiver takes a number and uuid once.
 */
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState, SentMessage } from '../plan/node-state.ts'
import {
  findToldBefore,
  isOverdue,
  type PlannedMessage,
  offerAgain,
  planNextMessage,
  recordDelivery,
  recordNothingToSend,
  recordSending,
  withdraw,
} from '../plan/numbering.ts'
import { isStopped } from '../plan/standing.ts'
import type { ChangeBatch, StoreTransaction } from '../store/change-store.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { type Group, Groups, inChunks } from './groups.ts'
import type { ChosenPieces, MessageBody } from './message-body.ts'
import { composeMessage } from './compose-message.ts'
import { withNodes } from './with-nodes.ts'
import { tellOfSetAside } from './set-aside.ts'
import type { Sending } from './sending.ts'
import { TableChecks, withWhatIsTold } from './table-checks.ts'
import type { ChunkOutcome, SendingTask, TooLarge } from './sending-task.ts'
import { findRetries, setAsideDefects, setAsideTooLarge } from './unsent-rows.ts'
import { KeyBlocks } from './key-blocks.ts'
import { type Delivery, Outbox, type Outgoing } from './outgoing.ts'
import { Spool } from './spool.ts'
import { writeBody } from './write-body.ts'

/**
 * Sends nodes everything that they do not know yet, in as many messages as the size bound and the window allow, and the
 * acknowledgements that they are owed. What fails with one node is in its result; what was recorded by then is delivered the next
 * time. Nodes for which there is nothing to do are in the result only when something went wrong with all of them.
 */
export async function sendChanges(
  context: ExchangeContext,
  codes: readonly NodeCode[],
): Promise<ReadonlyMap<NodeCode, Sending>> {
  const cycle = new SendingCycle(context)
  await cycle.run(codes)
  return cycle.results
}

class SendingCycle {
  readonly results = new Map<NodeCode, Sending>()
  readonly #context: ExchangeContext
  readonly #spool: Spool
  readonly #outbox: Outbox
  readonly #checks: TableChecks
  readonly #keys: KeyBlocks
  #headSeq = 0
  /** Rows of some node wait here. */
  #hasRefused = false
  /** Smaller than the rules say while a body is looked for that the mail server takes. */
  #limitOctets: number

  constructor(context: ExchangeContext) {
    this.#context = context
    this.#spool = new Spool(context.spoolFolder)
    this.#outbox = new Outbox(context)
    this.#checks = new TableChecks(context)
    this.#keys = new KeyBlocks(context)
    this.#limitOctets = context.rules.messageSizeOctets
  }

  async run(codes: readonly NodeCode[]): Promise<void> {
    const toServe = await this.#guard(codes, () => this.#prepare(codes))
    const groups = new Groups()
    for (const some of inChunks(toServe ?? [])) {
      await this.#guard(some, async () => {
        await this.#deliverRecorded(some)
        await this.#plan(some, groups)
      })
    }
    for (const group of groups.takeAll()) {
      const next = await this.#guard(group.codes, () => this.#serve(group))
      for (const following of next ?? []) groups.add(following)
    }
  }

  /** Folds once for all nodes, lets what was written here make room for rows that wait, and finds those for which there is something to do. */
  async #prepare(codes: readonly NodeCode[]): Promise<readonly NodeCode[]> {
    const { store } = this.#context
    let survey = await this.#survey()
    const unsent = survey.hasUnsent ? await findRetries(this.#context) : []
    if (survey.hasUnfolded || unsent.length > 0) {
      await store.transaction(async (transaction) => {
        if (survey.hasRefused) await transaction.foldAndRetry(this.#context.now())
        else await transaction.fold()
        if (unsent.length > 0) await transaction.takeUp(unsent)
      })
      survey = await this.#survey()
    }
    const chosen = new Set(codes)
    const toTell = survey.toTell.filter((code) => chosen.has(code))
    if (toTell.length > 0) {
      await tellOfSetAside(this.#context, toTell)
      survey = await this.#survey()
    }
    this.#headSeq = survey.headSeq
    this.#hasRefused = survey.hasRefused
    return survey.toServe.filter((code) => chosen.has(code))
  }

  #survey(): ReturnType<ExchangeContext['store']['survey']> {
    const { store, now, rules } = this.#context
    return store.survey({ nowMs: now(), resendAfterMs: rules.resendAfterMs })
  }

  /** What is thrown concerns these nodes; what was thrown by an abort ends everything. */
  async #guard<Result>(
    codes: readonly NodeCode[],
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      this.#context.signal?.throwIfAborted()
      return await work()
    } catch (error) {
      if (this.#context.signal?.aborted === true || !(error instanceof Error)) throw error
      for (const code of codes) this.#report(code, error)
      return undefined
    }
  }

  #report(node: NodeCode, error: Error): void {
    this.#context.onEvent?.({ kind: 'problem', node, error })
    const { summary, errors } = this.#resultOf(node)
    this.results.set(node, { summary, errors: [...errors, error] })
  }

  #resultOf(code: NodeCode): Sending {
    return this.results.get(code) ?? { summary: { messages: 0, rows: 0, octets: 0 }, errors: [] }
  }

  /** Delivers messages that an earlier run recorded and could not hand over; offers again what was lost. */
  async #deliverRecorded(codes: readonly NodeCode[]): Promise<void> {
    const found = await withNodes(this.#context.store, codes, (node, transaction) => {
      return this.#findRecorded(node, transaction)
    })
    let queues = [...found.values()]
    for (let place = 0; queues.length > 0; place += 1) {
      queues = queues.filter((queue) => queue.length > place)
      const letters = queues.flatMap((queue) => queue.slice(place, place + 1))
      const deliveries = await this.#outbox.deliverAll(letters)
      // An earlier try whose answer was lost may have brought a letter to its receiver: its number is used up.
      await this.#conclude(letters, deliveries, offerAgain)
      queues = queues.filter((_, index) => deliveries[index]?.kind === 'delivered')
    }
  }

  async #findRecorded(
    node: NodeState,
    transaction: StoreTransaction,
  ): Promise<readonly Outgoing[]> {
    const { now, rules } = this.#context
    if (isStopped(node)) return []
    const recorded = node.unacknowledged.filter((sent) => !sent.delivered && !sent.superseded)
    const reason = isOverdue(node, now(), rules)
      ? 'overdue'
      : recorded.every((message) => this.#outbox.isWhole(message))
        ? undefined
        : 'file-missing'
    if (reason === undefined) {
      return recorded.map((message) => ({ code: node.code, epoch: node.epoch, message }))
    }
    await transaction.saveNode(offerAgain(node))
    const { code, acknowledgedNo } = node
    this.#context.onEvent?.({ kind: 'offered-again', node: code, afterNo: acknowledgedNo, reason })
    return []
  }

  /** Plans the next message of each node, and brings those together that get the same rows. */
  async #plan(codes: readonly NodeCode[], groups: Groups): Promise<void> {
    const able = codes.filter((code) => this.#resultOf(code).errors.length === 0)
    const plans = await withNodes(this.#context.store, able, (node) => {
      this.#checks.consider(node)
      const next = this.#planFor(node)
      return next && { ...next, toldBefore: findToldBefore(node, next.afterSeq) }
    })
    for (const [node, next] of plans) {
      if (next === undefined) continue
      const { afterSeq, throughSeq, toldBefore } = next
      const share = await this.#context.store.shareOf(node)
      groups.add({ share, afterSeq, throughSeq, codes: [node], toldBefore })
    }
  }

  #planFor(node: NodeState): PlannedMessage | undefined {
    const next = planNextMessage(node, this.#headSeq, this.#context.rules)
    if (next.kind === 'window-full') {
      const { unacknowledged } = next
      this.#context.onEvent?.({ kind: 'window-full', node: node.code, unacknowledged })
    }
    return next.kind === 'message' ? next : undefined
  }

  /** Sends a group its next message. Gives the groups that are left: those that get more, and those that get less at a time. */
  async #serve(group: Group): Promise<readonly Group[]> {
    const hasRows = group.throughSeq > group.afterSeq
    if (!hasRows) {
      const checks = await this.#checks.sum(this.#headSeq, group)
      for (const codes of inChunks(group.codes)) await this.#sendTo(codes, { group, checks })
      return []
    }
    const body = await this.#write(group)
    const outcomes: ChunkOutcome[] = []
    try {
      await this.#setAsideDefects(body, group)
      const checks = await this.#checks.sum(this.#headSeq, group, body)
      const { afterSeq } = group
      const throughSeq = body.hasMore ? (body.lastSeq ?? afterSeq) : group.throughSeq
      const chosen = await this.#context.store.resolutions({ afterSeq, throughSeq })
      for (const codes of inChunks(group.codes)) {
        outcomes.push(await this.#sendTo(codes, { group, body, chosen, checks }))
      }
    } finally {
      await body.close()
    }
    // After an error letters may be recorded and not delivered: then it is removed at the next exchange.
    const isNeeded = outcomes.some(({ isBodyNeeded }) => isBodyNeeded)
    if (!isNeeded) await this.#spool.remove(this.#spool.body(body.name))
    const going = outcomes.flatMap((outcome) => outcome.going)
    const tooLarge = outcomes.flatMap((outcome) => outcome.tooLarge)
    const next: Group[] = []
    if (tooLarge.length > 0) {
      await this.#makeRoom(body, tooLarge)
      next.push({ ...group, codes: tooLarge.map(({ code }) => code) })
    }
    if (body.hasMore && going.length > 0) {
      next.push({ ...group, afterSeq: body.lastSeq ?? group.afterSeq, codes: going })
    }
    return next
  }

  #write({ afterSeq, throughSeq, codes, toldBefore }: Group): Promise<MessageBody> {
    const { store, onEvent, newUuid } = this.#context
    const [forNode] = codes
    if (forNode === undefined) throw new TypeError('a group of no nodes')
    const keepsOwn = codes.length > 1
    const range = { forNode, afterSeq, throughSeq, keepsOwn, ends: toldBefore }
    const read = (roomForLines: () => number): AsyncIterable<ChangeBatch> => {
      return store.readChanges({ ...range, roomForLines })
    }
    const name = newUuid()
    return writeBody({ name, path: this.#spool.body(name) }, read, {
      limitOctets: this.#limitOctets,
      leavesOwnOut: keepsOwn,
      ends: toldBefore,
      onRows: (rowsDone) => onEvent?.({ kind: 'writing', node: forNode, rowsDone }),
    })
  }

  async #setAsideDefects({ defects }: MessageBody, { codes }: Group): Promise<void> {
    const [node] = codes
    if (defects.length === 0 || node === undefined) return
    await setAsideDefects(this.#context, defects)
    for (const { error } of defects) this.#report(node, error)
  }

  /** The mail server does not take letters of this size: less goes at a time, and a row that is too large alone goes not at all. */
  async #makeRoom(body: MessageBody, refusals: readonly TooLarge[]): Promise<void> {
    const { firstRow } = body
    const [refusal] = refusals
    if (body.rowCount > 1 || firstRow === undefined || refusal === undefined) {
      this.#limitOctets = Math.floor(body.rowOctets / 2)
      return
    }
    this.#limitOctets = this.#context.rules.messageSizeOctets
    await setAsideTooLarge(this.#context, firstRow, body.rowOctets)
    const { table, key } = firstRow
    this.#report(refusal.code, refusal.error.becauseOf({ table, key }))
  }

  /** Writes, records and delivers one message for each node. */
  async #sendTo(codes: readonly NodeCode[], task: SendingTask): Promise<ChunkOutcome> {
    this.#context.signal?.throwIfAborted()
    const pieces = new Map<NodeCode, ChosenPieces>()
    for (const code of task.body === undefined ? [] : codes) {
      const some = await task.body?.piecesFor(code)
      if (some !== undefined) pieces.set(code, some)
    }
    await task.body?.sync()
    const recorded = await withNodes(this.#context.store, codes, (node, transaction) => {
      return this.#record({ node, transaction, pieces: pieces.get(node.code) }, task)
    })
    const letters = [...recorded.values()].filter(isOutgoing)
    const deliveries = await this.#outbox.deliverAll(letters)
    const tooLarge = await this.#conclude(letters, deliveries, withdraw)
    const failed = new Set(
      letters.filter((_, index) => deliveries[index]?.kind !== 'delivered').map(({ code }) => code),
    )
    return {
      tooLarge,
      going: codes.filter((code) => recorded.get(code) !== undefined && !failed.has(code)),
      isBodyNeeded: deliveries.some(({ kind }) => kind === 'failed'),
    }
  }

  /** Records a message. `known`: the node needs none to be further; `undefined`: it is not at this position any more. */
  async #record(
    at: {
      readonly node: NodeState
      readonly transaction: StoreTransaction
      readonly pieces: ChosenPieces | undefined
    },
    { group, body, chosen: resolved, checks = [] }: SendingTask,
  ): Promise<Outgoing | 'known' | undefined> {
    const { node, transaction, pieces } = at
    const next = this.#planFor(node)
    if (next?.afterSeq !== group.afterSeq || next.throughSeq !== group.throughSeq) return undefined
    const throughSeq = body?.hasMore === true ? (body.lastSeq ?? group.afterSeq) : next.throughSeq
    if ((pieces?.rowCount ?? 0) === 0 && !node.owesAcknowledgement) {
      await transaction.saveNode(recordNothingToSend(node, throughSeq))
      return 'known'
    }
    const chosen = body && pieces && { name: body.name, pieces }
    const hasMore = body?.hasMore === true
    const setAside = this.#hasRefused ? await transaction.setAsideOf(node.code) : undefined
    const told = { setAside, checks: this.#checks.for(node.code, checks) }
    const hasRows = (pieces?.rowCount ?? 0) > 0
    const keys = await this.#keys.headerFields(transaction, { node: node.code, hasRows })
    const resolutions = resolved?.get(node.code)
    const fields = { ...keys, ...(resolutions && { resolutions }), ...(setAside && { setAside }) }
    const draft = { ...next, throughSeq, body: chosen, hasMore, fields, checks: told.checks }
    const message = composeMessage(this.#context, node, draft)
    const telling = withWhatIsTold(node, told, message.writtenAt)
    await transaction.saveNode(recordSending(telling, message))
    return { code: node.code, epoch: node.epoch, message }
  }

  /** Records what became of letters, and tells. Gives the nodes whose message was too large for the mail server. */
  async #conclude(
    letters: readonly Outgoing[],
    deliveries: readonly Delivery[],
    recordRefusal: (node: NodeState, message: SentMessage) => NodeState,
  ): Promise<readonly TooLarge[]> {
    const tooLarge: TooLarge[] = []
    const outcomes = new Map(letters.map((letter, index) => [letter.code, { letter, index }]))
    const settled = letters.filter((_, index) => deliveries[index]?.kind !== 'failed')
    await withNodes(
      this.#context.store,
      settled.map(({ code }) => code),
      async (node, transaction) => {
        const { letter, index = 0 } = outcomes.get(node.code) ?? {}
        if (letter === undefined) return
        const isDelivered = deliveries[index]?.kind === 'delivered'
        const { message } = letter
        await transaction.saveNode(
          isDelivered ? recordDelivery(node, message.messageNo) : recordRefusal(node, message),
        )
      },
    )
    for (const [index, letter] of letters.entries()) {
      const delivery = deliveries[index]
      if (delivery?.kind === 'delivered') this.#count(letter)
      else if (delivery?.kind === 'too-large') {
        tooLarge.push({ code: letter.code, error: delivery.error })
      } else if (delivery !== undefined) this.#report(letter.code, delivery.error)
    }
    return tooLarge
  }

  #count({ code: node, message }: Outgoing): void {
    const { messageNo, rowCount, sizeOctets } = message
    const { summary, errors } = this.#resultOf(node)
    const sum = {
      messages: summary.messages + 1,
      rows: summary.rows + rowCount,
      octets: summary.octets + sizeOctets,
    }
    this.results.set(node, { summary: sum, errors })
    this.#context.onEvent?.({ kind: 'sent', node, messageNo, rowCount, sizeOctets })
  }
}

function isOutgoing(letter: Outgoing | 'known' | undefined): letter is Outgoing {
  return typeof letter === 'object'
}
