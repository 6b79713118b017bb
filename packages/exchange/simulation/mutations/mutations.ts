/**
 * A table of data: the engine broken on purpose, each time in one way that somebody could break it by mistake. The simulation has to
 * notice each of them; where one goes unnoticed, the world lacks a fault or the model a rule.
 */
import type { Mutation } from './mutation.ts'

const ACKNOWLEDGEMENT = 'plan/acknowledgement.ts'
const NUMBERING = 'plan/numbering.ts'
const RECEPTION = 'plan/reception.ts'
const RECEIVE = 'session/receive-changes.ts'
const SEND = 'session/send-changes.ts'
const READER = 'session/message-reader.ts'
const EXCHANGE = 'session/exchange.ts'
const STORE = 'store/sqlite/sqlite-store.ts'
const FOLD = 'store/sqlite/fold.ts'
const CAPTURE = 'store/sqlite/capture.ts'
const APPLIER = 'store/sqlite/row-applier.ts'
const TARGET = 'store/sqlite/table-target.ts'

export const MUTATIONS: readonly Mutation[] = [
  one('applies before it folds', {
    file: RECEIVE,
    text: `    await transaction.fold()\n`,
    replacement: '',
  }),
  one('two folds give the same positions', {
    file: STORE,
    text: `    writeHeadSeq(this.#database, headSeq)\n    return Promise.resolve(headSeq)`,
    replacement: `    return Promise.resolve(headSeq)`,
  }),
  one('folds a stamp of the clock, whatever the row had', {
    file: FOLD,
    text: `stamp = max(excluded.stamp, stamp + 1)`,
    replacement: `stamp = excluded.stamp`,
  }),
  one('folds notes of evictions that did not happen', {
    file: FOLD,
    text: 'WHERE evicted = 0 OR ',
    replacement: 'WHERE true OR ',
  }),
  one('removes the letter before the commit', {
    file: RECEIVE,
    text: `      await this.#conclude(message, await this.#apply(verified))`,
    replacement: `      await this.#inbox.remove(message)\n      await this.#conclude(message, await this.#apply(verified))`,
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
  one('forgets where a row came from', {
    file: APPLIER,
    text: `: { stamp: row.stamp, origin: row.origin, via }`,
    replacement: `: { stamp: row.stamp, origin: row.origin, via: '' }`,
  }),
  one('does not offer again what came from a node that begins anew', {
    file: STORE,
    text: `SET via = '' WHERE via = ?`,
    replacement: `SET via = via WHERE via = ?`,
  }),
  one('ignores the uuid in acknowledgements', {
    file: RECEPTION,
    text: `  if (sent !== undefined && sent.uuid !== uuid) {`,
    replacement: `  if (sent === undefined && uuid === '') {`,
  }),
  one('ignores the uuids of predecessors', {
    file: RECEPTION,
    text: `[...header.predecessors, header]`,
    replacement: `[header]`,
  }),
  one('ignores acknowledgements of what was never sent', {
    file: RECEPTION,
    text: `  if (messageNo > sender.sentNo) {`,
    replacement: `  if (messageNo < 0) {`,
  }),
  one('never begins a new epoch', {
    file: RECEIVE,
    text: `    const epoch = nextEpoch(known.epoch, this.#context.newUuid())`,
    replacement: `    const { epoch } = known`,
  }),
  one('takes an acknowledgement for everything that was offered', {
    file: ACKNOWLEDGEMENT,
    text: `Math.max(node.acknowledgedSeq, message.throughSeq)`,
    replacement: `Math.max(node.acknowledgedSeq, node.offeredSeq)`,
  }),
  one('processes no acknowledgement', {
    file: RECEIVE,
    text: `header.acknowledges ? acceptAcknowledgement(node, header.acknowledges) : node`,
    replacement: `node`,
  }),
  one('lets older versions win', {
    file: APPLIER,
    text: `      if (order <= 0) {`,
    replacement: `      if (order === 0) {`,
  }),
  one('lets either of two contents of one version win', {
    file: TARGET,
    text: `return theirs > ours ? 1 : -1`,
    replacement: `return 1`,
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
        text: `      await this.#conclude(message, await this.#apply(verified))`,
        replacement:
          `      const outcome = await this.#apply(verified)\n` +
          `      const { later } = this\n` +
          `      if (outcome.kind === 'applied') await this.#update(() => later)\n` +
          `      await this.#conclude(message, outcome)`,
      },
    ],
  },
  one('offers again, and goes on counting what was superseded', {
    file: NUMBERING,
    text: `node.unacknowledged.map((sent) => ({ ...sent, superseded: true }))`,
    replacement: `node.unacknowledged`,
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
    text: `written.hasMore ? (written.lastSeq ?? next.afterSeq) : next.throughSeq`,
    replacement: `next.throughSeq`,
  }),
  one('gives a number again that may have been used', {
    file: SEND,
    text: `await this.#deliver(node.epoch, message, offerAgain)`,
    replacement: `await this.#deliver(node.epoch, message, withdraw)`,
  }),
  one('cleans the spool of what is still to be delivered', {
    file: EXCHANGE,
    text: `await spool.clean(new Set(uuids))`,
    replacement: `await spool.clean(new Set())`,
  }),
  one('accepts messages whose checksum does not fit', {
    file: READER,
    text: `  if (end.sha256 !== hash.digest('hex')) throw new MessageDamaged('its checksum does not fit')\n`,
    replacement: '',
  }),
  one('accepts letters that carry another message', {
    file: RECEIVE,
    text: `      checkName(message, verified.header)\n`,
    replacement: '',
  }),
  one('registers applied rows as changes of its own', {
    file: APPLIER,
    text: `    this.#triggers.suspend(table)\n`,
    replacement: '',
  }),
  one('registers no evictions', {
    file: CAPTURE,
    text: `return table.uniques.flatMap(`,
    replacement: `return [].flatMap(`,
  }),
  one('registers no change of a key', {
    file: CAPTURE,
    text: "when: rekeyed, action: appendKey(table, 'OLD')",
    replacement: "when: rekeyed, action: appendKey(table, 'NEW')",
  }),
  one('keeps no version of a row that is gone', {
    file: TARGET,
    text: `    const gone = row.kind === 'row' ? 0n : 1n\n`,
    replacement: `    if (row.kind === 'deletion') return\n    const gone = 0n\n`,
  }),
  one('drops rows that the database refuses', {
    file: APPLIER,
    text: `    for (const postponed of this.#postponed) this.#setAside(postponed)\n`,
    replacement: '',
  }),
  one('does not try again what was refused', {
    file: APPLIER,
    text: `    this.#takeRefused()\n`,
    replacement: '',
  }),
]

function one(name: string, edit: Mutation['edits'][number]): Mutation {
  return { name, edits: [edit] }
}
