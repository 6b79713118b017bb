/**
 * Writes and delivers the messages for one node.
 *
 *     fold → plan the next number → write its file → record it (one transaction) → deliver the letter → record that
 *
 * A process that dies before the record has written nothing but a file, which is cleaned away. One that dies after it finds
 * the message undelivered and delivers the same octets again: the receiver takes a number and uuid once.
 */
import { createReadStream, existsSync } from 'node:fs'

import type { MessageFileName } from '../message/file-name.ts'
import type { Epoch } from '../plan/epoch.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import { NO_MESSAGE } from '../plan/message-no.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState, SentMessage } from '../plan/node-state.ts'
import {
  isOverdue,
  type NextMessage,
  offerAgain,
  planNextMessage,
  recordDelivery,
  recordNothingToSend,
  recordSending,
  withdraw,
} from '../plan/numbering.ts'
import { DeliveryRefused } from '../transport/errors.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { nameFirstRow } from './message-reader.ts'
import { type WrittenMessage, writeMessage } from './message-writer.ts'
import { Spool } from './spool.ts'

/** What was sent to one node. */
export interface SendingSummary {
  readonly messages: number
  readonly rows: number
  readonly octets: number
}

/**
 * Sends a node everything that it does not know yet, in as many messages as the size bound and the window allow, and
 * the acknowledgement that it is owed. Throws what the transport throws; what was recorded by then is delivered the next time.
 */
export async function sendChanges(
  context: ExchangeContext,
  code: NodeCode,
): Promise<SendingSummary> {
  const sender = new NodeSender(context, code)
  const headSeq = await sender.prepare()
  await sender.deliverRecorded()
  while (await sender.sendNext(headSeq)) context.signal?.throwIfAborted()
  return sender.summary
}

class NodeSender {
  readonly #context: ExchangeContext
  readonly #code: NodeCode
  readonly #spool: Spool
  #messages = 0
  #rows = 0
  #octets = 0

  constructor(context: ExchangeContext, code: NodeCode) {
    this.#context = context
    this.#code = code
    this.#spool = new Spool(context.spoolFolder)
  }

  get summary(): SendingSummary {
    return { messages: this.#messages, rows: this.#rows, octets: this.#octets }
  }

  /** Folds, and offers again what was lost. Gives the last position of the change index. */
  prepare(): Promise<number> {
    const { store, now, rules } = this.#context
    return store.transaction(async (transaction) => {
      const headSeq = await transaction.fold()
      const node = await transaction.node(this.#code)
      if (isOverdue(node, now(), rules)) {
        await transaction.saveNode(offerAgain(node))
        this.#emitOfferedAgain(node, 'overdue')
      }
      return headSeq
    })
  }

  /** Delivers messages that an earlier run recorded and could not hand over. */
  async deliverRecorded(): Promise<void> {
    const node = await this.#node()
    const waiting = node.unacknowledged.filter((sent) => !sent.delivered && !sent.superseded)
    for (const message of waiting) {
      if (!existsSync(this.#spool.outgoing(message.uuid))) {
        await this.#update((state) => offerAgain(state))
        this.#emitOfferedAgain(node, 'file-missing')
        return
      }
      // An earlier try whose answer was lost may have brought it to the receiver: its number is used up.
      await this.#deliver(node.epoch, message, offerAgain)
    }
  }

  /** Writes, records and delivers one message. False when there is none to be sent. */
  async sendNext(headSeq: number): Promise<boolean> {
    const node = await this.#node()
    const next = planNextMessage(node, headSeq, this.#context.rules)
    if (next.kind === 'window-full') {
      const { unacknowledged } = next
      this.#context.onEvent?.({ kind: 'window-full', node: this.#code, unacknowledged })
    }
    if (next.kind !== 'message') return false
    const header = this.#headerFor(node, next)
    const written = await this.#write(header, next)
    if (written.rowCount === 0 && !node.owesAcknowledgement) {
      await this.#update((state) => recordNothingToSend(state, headSeq))
      return false
    }
    const throughSeq = written.hasMore ? (written.lastSeq ?? next.afterSeq) : next.throughSeq
    const message = toSentMessage(header, written, throughSeq)
    await this.#update((state) => recordSending(state, message))
    await this.#deliver(node.epoch, message, withdraw)
    return written.hasMore
  }

  #headerFor(node: NodeState, next: NextMessage & { readonly kind: 'message' }): MessageHeader {
    const { plan } = this.#context.store
    return {
      plan: plan.name,
      from: plan.thisNode,
      to: this.#code,
      epoch: node.epoch,
      messageNo: next.messageNo,
      uuid: this.#context.newUuid(),
      baseNo: next.baseNo,
      predecessors: next.predecessors,
      ...(next.acknowledges && { acknowledges: next.acknowledges }),
      ...(next.gapBefore !== NO_MESSAGE && { gapBefore: next.gapBefore }),
      writtenAt: this.#context.now(),
    }
  }

  #write(
    header: MessageHeader,
    next: NextMessage & { readonly kind: 'message' },
  ): Promise<WrittenMessage> {
    const { store, rules, onEvent } = this.#context
    const { messageNo } = header
    const { afterSeq, throughSeq } = next
    const batches = store.readChanges({ forNode: this.#code, afterSeq, throughSeq })
    const path = this.#spool.outgoing(header.uuid)
    return writeMessage(
      path,
      { header, batches },
      {
        limitOctets: rules.messageSizeOctets,
        onRows: (rowsDone) => onEvent?.({ kind: 'writing', node: this.#code, messageNo, rowsDone }),
      },
    )
  }

  async #deliver(
    epoch: Epoch,
    message: SentMessage,
    recordRefusal: (node: NodeState, message: SentMessage) => NodeState,
  ): Promise<void> {
    const { messageNo, uuid, baseNo, rowCount, sizeOctets, writtenAt } = message
    const name = this.#nameOf(message)
    const path = this.#spool.outgoing(uuid)
    const hint = { epoch, uuid, baseNo }
    const content = (): AsyncIterable<Uint8Array> => createReadStream(path)
    try {
      await this.#context.transport.deliver({
        name,
        hint,
        rowCount,
        sizeOctets,
        writtenAt,
        content,
      })
    } catch (error) {
      if (error instanceof DeliveryRefused) {
        const refusal = await explainRefusal(error, { rowCount, path })
        await this.#update((state) => recordRefusal(state, message))
        await this.#spool.remove(path)
        throw refusal
      }
      throw error
    }
    await this.#update((state) => recordDelivery(state, messageNo))
    await this.#spool.remove(path)
    this.#messages += 1
    this.#rows += rowCount
    this.#octets += sizeOctets
    const node = this.#code
    this.#context.onEvent?.({ kind: 'sent', node, messageNo, rowCount, sizeOctets })
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

  #nameOf({ messageNo }: SentMessage): MessageFileName {
    const { plan } = this.#context.store
    return { plan: plan.name, from: plan.thisNode, to: this.#code, messageNo }
  }

  #emitOfferedAgain(node: NodeState, reason: 'overdue' | 'file-missing'): void {
    const afterNo = node.acknowledgedNo
    this.#context.onEvent?.({ kind: 'offered-again', node: this.#code, afterNo, reason })
  }
}

/** A row can't be divided: when it is alone in its message, that row is what has to be mended. */
async function explainRefusal(
  error: DeliveryRefused,
  message: { readonly rowCount: number; readonly path: string },
): Promise<DeliveryRefused> {
  if (!error.isTooLarge || message.rowCount !== 1) return error
  const row = await nameFirstRow(message.path)
  return row === undefined ? error : error.becauseOf(row)
}

function toSentMessage(
  header: MessageHeader,
  written: WrittenMessage,
  throughSeq: number,
): SentMessage {
  return {
    messageNo: header.messageNo,
    uuid: header.uuid,
    baseNo: header.baseNo,
    throughSeq,
    rowCount: written.rowCount,
    sizeOctets: written.sizeOctets,
    writtenAt: header.writtenAt,
    delivered: false,
    superseded: false,
  }
}
