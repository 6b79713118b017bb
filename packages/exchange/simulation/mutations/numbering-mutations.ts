/** Breakages of numbers, acknowledgements and files: messages are lost, doubled, or taken for others. */
import { type Mutation, one } from './mutation.ts'

const NUMBERING = 'plan/numbering.ts'
const RECEPTION = 'plan/reception.ts'
const INCOMING = 'session/incoming-files.ts'
const RECEIVE = 'session/receive-changes.ts'
const SEND = 'session/send-changes.ts'
const READER = 'session/message-reader.ts'

export const NUMBERING_MUTATIONS: readonly Mutation[] = [
  one('applies before it folds', {
    file: RECEIVE,
    text: `    await transaction.fold()\n`,
    replacement: '',
  }),
  one('removes the letter before the commit', {
    file: INCOMING,
    text: `        checkName(message, verified.header)\n        return verified\n`,
    replacement: `        checkName(message, verified.header)\n        await this.#inbox.remove(message)\n        return verified\n`,
  }),
  one('ignores baseNo', {
    file: RECEPTION,
    text: `  if (header.baseNo > sender.receivedNo) return { kind: 'gap' }\n`,
    replacement: '',
  }),
  one('applies what was applied before', {
    file: RECEPTION,
    text: `  if (header.messageNo <= sender.receivedNo) {`,
    replacement: `  if (header.messageNo < sender.receivedNo) {`,
  }),
  one('ignores the uuid in acknowledgements', {
    file: RECEPTION,
    text: `  if (sentUuid !== undefined && sentUuid !== uuid) `,
    replacement: `  if (sentUuid === undefined && uuid === '') `,
  }),
  one('ignores the uuids of predecessors', {
    file: RECEPTION,
    text: `[...header.predecessors, header]`,
    replacement: `[header]`,
  }),
  one('never begins a new epoch', {
    file: RECEPTION,
    text: `startEpoch(node, nextEpoch(node.epoch, uuid))`,
    replacement: `startEpoch(node, node.epoch)`,
  }),
  one('takes an acknowledgement for everything that was offered', {
    file: 'plan/acknowledgement.ts',
    text: `    message.throughSeq,\n`,
    replacement: `    node.offeredSeq,\n`,
  }),
  one('judges rows anew that are told again', {
    file: 'session/sender-of.ts',
    text: `    toldAgain: rowsToldAgain(header, node),\n`,
    replacement: ``,
  }),
  one('processes no acknowledgement', {
    file: RECEIVE,
    text: `acknowledges ? acceptAcknowledgement(node, acknowledges, receivedSeq) : node`,
    replacement: `node`,
  }),
  {
    name: 'records the reception in a transaction of its own',
    edits: [
      {
        file: RECEIVE,
        text: `    await transaction.saveNode(recordReception(node, message.header, rowCount))\n`,
        replacement: `    this.later = recordReception(node, message.header, rowCount)\n`,
      },
      {
        file: RECEIVE,
        text: `      await this.#conclude(message, outcome)\n`,
        replacement:
          `      const { later } = this\n` +
          `      if (outcome.kind === 'applied') await this.#update(() => later)\n` +
          `      await this.#conclude(message, outcome)\n`,
      },
    ],
  },
  one('offers again, and goes on counting what was superseded', {
    file: NUMBERING,
    text: `      superseded: true,`,
    replacement: `      superseded: sent.superseded,`,
  }),
  one('never offers again by itself', {
    file: NUMBERING,
    text: `  return Math.abs(nowMs - oldest.writtenAt) >= patienceMs`,
    replacement: `  return patienceMs < 0`,
  }),
  one('waits for a time that a wrong clock wrote', {
    file: NUMBERING,
    text: `Math.abs(nowMs - oldest.writtenAt)`,
    replacement: `(nowMs - oldest.writtenAt)`,
  }),
  one('counts as known what was only looked at', {
    file: NUMBERING,
    text: `  const isKnown = node.acknowledgedSeq >= node.offeredSeq`,
    replacement: `  const isKnown = true`,
  }),
  one('continues from a message that the receiver may not have', {
    file: NUMBERING,
    text: `sent.rowCount > 0 ? sent.messageNo : sent.baseNo`,
    replacement: `sent.baseNo`,
  }),
  one('counts a message that was divided as whole', {
    file: SEND,
    text: `body?.hasMore === true ? (body.lastSeq ?? group.afterSeq) : next.throughSeq`,
    replacement: `next.throughSeq`,
  }),
  one('gives a number again that may have been used', {
    file: SEND,
    text: `await this.#conclude(letters, deliveries, offerAgain)`,
    replacement: `await this.#conclude(letters, deliveries, withdraw)`,
  }),
  one('cleans the spool of what is still to be delivered', {
    file: 'session/exchange.ts',
    text: `await spool.clean(survey.bodies)`,
    replacement: `await spool.clean([])`,
  }),
  {
    name: 'accepts messages whose checksum does not fit',
    edits: [
      {
        file: READER,
        text: `    if (!isWhole) throw new MessageDamaged('the checksum of a part does not fit')\n`,
        replacement: '',
      },
      {
        file: READER,
        text: `if (seal.sha256 !== this.#message.digest('hex')) {`,
        replacement: `if (seal.sha256 === '') {`,
      },
    ],
  },
  one('accepts letters that carry another message', {
    file: INCOMING,
    text: `        checkName(message, verified.header)\n        return verified\n`,
    replacement: `        return verified\n`,
  }),
  one('lets a message that was refused block what stands in its place', {
    file: 'session/receive-in-order.ts',
    text: `      if (!needsMending(error)) throw error\n      const later`,
    replacement: `      if (index >= 0) throw error\n      const later`,
  }),
]
