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
const TRANSACTION = 'store/sqlite/sqlite-transaction.ts'
const FOLD = 'store/sqlite/fold.ts'
const CAPTURE = 'store/sqlite/capture.ts'
const APPLY_DATABASE = 'store/sqlite/apply-database.ts'
const PLAIN_WRITER = 'store/sqlite/plain-writer.ts'
const KNOWN_ROWS = 'store/sqlite/known-rows.ts'
const USER_TABLE = 'store/sqlite/user-table.ts'
const DELETIONS = 'store/sqlite/deletions.ts'
const JUDGE = 'store/apply/arrival-judge.ts'
const POSTPONED = 'store/apply/postponed-rows.ts'
const CHECKS = 'session/table-checks.ts'
const COMPARE = 'session/compare-tables.ts'
const SUMS = 'store/sqlite/sum-tables.ts'
const WRITER = 'store/apply/row-writer.ts'
const INBOX = 'transport/mail-inbox.ts'
const KEYS = 'session/key-blocks.ts'

export const MUTATIONS: readonly Mutation[] = [
  one('applies before it folds', {
    file: RECEIVE,
    text: `    await transaction.fold()\n`,
    replacement: '',
  }),
  one('two folds give the same positions', {
    file: TRANSACTION,
    text: `    writeHeadSeq(this.#database, lastSeq)\n    forgetChanged`,
    replacement: `    forgetChanged`,
  }),
  one('folds a stamp of the clock, whatever the row had', {
    file: FOLD,
    text: `stamp = max(excluded.stamp, stamp + 1)`,
    replacement: `stamp = excluded.stamp`,
  }),
  one('gives a row that comes again after its deletion was forgotten the time of the clock', {
    file: FOLD,
    text: `CASE WHEN at <= `,
    replacement: `CASE WHEN false AND at <= `,
  }),
  one('folds notes of evictions that did not happen', {
    file: FOLD,
    text: 'WHERE evicted = 0 OR ',
    replacement: 'WHERE true OR ',
  }),
  one('removes the letter before the commit', {
    file: RECEIVE,
    text: `      checkName(message, verified.header)\n`,
    replacement: `      checkName(message, verified.header)\n      await this.#inbox.remove(message)\n`,
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
  {
    name: 'forgets where a row came from',
    edits: [
      {
        file: WRITER,
        text: `via: isOurs(origin, via) ? '' : via }`,
        replacement: `via: '' }`,
      },
      {
        file: PLAIN_WRITER,
        text: `this.#keyLength), seq, stamp, origin, sender]`,
        replacement: `this.#keyLength), seq, stamp, origin, '']`,
      },
      {
        file: KNOWN_ROWS,
        text: `return [seq, stamp, origin, sender]`,
        replacement: `return [seq, stamp, origin, '']`,
      },
    ],
  },
  one('does not offer again what came from a node that begins anew', {
    file: TRANSACTION,
    text: `SET via = '' WHERE via = ?`,
    replacement: `SET via = via WHERE via = ?`,
  }),
  one('does not offer again what waits and came from a node that begins anew', {
    file: TRANSACTION,
    text: `SET node = ?1 WHERE node = ?2`,
    replacement: `SET node = node WHERE ?1 = ?2`,
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
  one('never begins a new epoch', {
    file: RECEPTION,
    text: `startEpoch(node, nextEpoch(node.epoch, uuid))`,
    replacement: `startEpoch(node, node.epoch)`,
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
    file: KNOWN_ROWS,
    text: 'return `stamp < $',
    replacement: 'return `stamp <> $',
  }),
  one('takes every table for one that refuses no row', {
    file: USER_TABLE,
    text: `refuses: mayRefuse ? 'anything' : 'nothing but NULL'`,
    replacement: `refuses: 'nothing but NULL'`,
  }),
  one('looks for no parents of a row that is known', {
    file: KNOWN_ROWS,
    text: `\${key.join(' AND ')}\` +\n        (hasParents === '' ? '' : \` AND \${hasParents}\`)`,
    replacement: `\${key.join(' AND ')}\` + (hasParents === '' ? '' : '')`,
  }),
  one('lets either of two contents of one version win', {
    file: JUDGE,
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
    file: EXCHANGE,
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
    file: RECEIVE,
    text: `      checkName(message, verified.header)\n`,
    replacement: '',
  }),
  one('registers applied rows as changes of its own', {
    file: APPLY_DATABASE,
    text: `const hasTriggers = this.#triggers.suspend(table)`,
    replacement: `const hasTriggers = false`,
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
    file: WRITER,
    text: `await this.record(fit, outcomes)`,
    replacement: `await this.record(fit.filter(({ row }) => row.kind === 'row'), outcomes)`,
  }),
  one('drops rows that the database refuses', {
    file: POSTPONED,
    text: `    for (const postponed of this.#rows) await this.#setAside(postponed)\n`,
    replacement: '',
  }),
  one('does not try again what was refused', {
    file: POSTPONED,
    text: `await this.#takeWaiting()`,
    replacement: `0`,
  }),
  one('takes rows away that were changed since', {
    file: JUDGE,
    text: `return compareVersions(row, entry) >= 0 && !this`,
    replacement: `return !this`,
  }),
  one('forgets deletions that a node does not know yet', {
    file: DELETIONS,
    text: `Math.min(toNumber(seq), readAcknowledgedByAll(database))`,
    replacement: `Number(seq)`,
  }),
  {
    name: 'lets triggers of the application fire',
    edits: [
      {
        file: 'store/sqlite/suspended-triggers.ts',
        text: `if (!kept.includes(trigger)) this.#drop`,
        replacement: `if (trigger.targets === undefined) this.#drop`,
      },
      {
        file: 'store/sqlite/suspended-triggers.ts',
        text: `this.#statements.push(...triggers.map(`,
        replacement: `this.#statements.push(...triggers.filter(({ targets }) => targets === undefined).map(`,
      },
    ],
  },
  {
    name: 'sends columns that stay at home, and takes them',
    edits: [
      {
        file: 'store/sqlite/ruled-table.ts',
        text: `filter(({ name }) => !table.leaveOut.has(name))`,
        replacement: `filter(() => true)`,
      },
      {
        file: 'store/apply/column-sieve.ts',
        text: `index < line.keyLength || !leaveOut.has(name)`,
        replacement: `index < line.keyLength || !leaveOut.has(name) || true`,
      },
    ],
  },
  one('takes its own columns for ones that the sender lacks', {
    file: 'store/sqlite/table-target.ts',
    text: `return !table.leaveOut.has(name) && line.leftOut?.includes(name) !== true`,
    replacement: `return line.leftOut?.includes(name) === true`,
  }),
  one('takes rows of a table that it only sends', {
    file: 'store/apply/row-applier.ts',
    text: `if (this.#options.rules.tables.get(line.table)?.direction === 'out') return`,
    replacement: ``,
  }),
  one('sends rows of a table that it only takes', {
    file: 'store/sqlite/change-reader.ts',
    text: `    .filter(({ direction }) => direction !== 'in')\n`,
    replacement: ``,
  }),
  {
    name: 'writes rows whose parents are missing',
    edits: [
      {
        file: WRITER,
        text: `        const reason = missing[index]\n`,
        replacement: `        const reason = missing.length < 0 ? missing[index] : undefined\n`,
      },
      {
        file: 'store/sqlite/table-target.ts',
        text: `const hasParents = parents === ''`,
        replacement: `const hasParents = parents !== undefined`,
      },
    ],
  },
  one('deletes what other rows refer to', {
    file: 'store/apply/held-rows.ts',
    text: `current.filter((_, index) => referred[index] !== true)`,
    replacement: `current.filter((_, index) => index < referred.length)`,
  }),
  one('lets a deletion give way without a word', {
    file: 'store/apply/held-rows.ts',
    text: `    await writer.record([{ ...held, row: { ...row, ...version, kind: 'row' } }])\n`,
    replacement: ``,
  }),
  one('decides conflicts for the other side', {
    file: 'plan/conflict.ts',
    text: `  return thisNode < sender\n`,
    replacement: `  return thisNode > sender\n`,
  }),
  one('decides a conflict and gives it no version', {
    file: 'plan/conflict.ts',
    text: `stamp: Math.max(a.stamp, b.stamp) + 1`,
    replacement: `stamp: Math.max(a.stamp, b.stamp)`,
  }),
  one('gives a decision the version of an earlier one that waits', {
    file: 'store/apply/own-versions.ts',
    text: `Math.max(version.stamp, waiting + 1)`,
    replacement: `version.stamp`,
  }),
  one('gives a row that it completed no version of its own', {
    file: WRITER,
    text: `outcome === 'merged'`,
    replacement: `outcome === undefined`,
  }),
  one('takes rows with columns that are missing here', {
    file: 'store/apply/check-columns.ts',
    text: `} else if (missing.length > 0) {`,
    replacement: `} else if (missing.length > 99) {`,
  }),
  one('sets rows aside in a strict plan', {
    file: POSTPONED,
    text: `if (isStrict && waitsFor === '') throw`,
    replacement: `if (isStrict && waitsFor === 'nothing') throw`,
  }),
  one('lets a message that was refused block what stands in its place', {
    file: 'session/receive-in-order.ts',
    text: `      if (!needsMending(error)) throw error\n      const later`,
    replacement: `      if (index >= 0) throw error\n      const later`,
  }),
  one('compares rows that have changed since', {
    file: SUMS,
    text: `WHERE seq > ?1 AND via <> ?2`,
    replacement: `WHERE seq > ?1 AND via <> ?2 AND 0`,
  }),
  one('compares rows that wait', {
    file: SUMS,
    text: `summer.leaveOpen(row.values.slice(0, line.keyLength))`,
    replacement: `summer.leaveOpen([])`,
  }),
  one('says what the tables hold before everything is told', {
    file: CHECKS,
    text: `throughSeq === headSeq && body?.hasMore !== true`,
    replacement: `throughSeq === headSeq`,
  }),
  one('compares rows that the sender does not know yet', {
    file: COMPARE,
    text: `throughSeq: node.acknowledgedSeq,`,
    replacement: `throughSeq: Number.MAX_SAFE_INTEGER,`,
  }),
  one('takes letters of other plans', {
    file: INBOX,
    text: `name?.plan === plan.name && name.to`,
    replacement: `name?.to`,
  }),
  one('takes letters to other nodes', {
    file: INBOX,
    text: `name?.plan === plan.name && name.to === plan.thisNode`,
    replacement: `name?.plan === plan.name`,
  }),
  one('takes letters with another prefix', {
    file: 'message/file-name.ts',
    text: `text.startsWith(begin) ? parseFileName(text.slice(begin.length).trim())`,
    replacement: `text !== begin ? parseFileName(text.slice(Math.max(text.indexOf('Message_'), 0)))`,
  }),
  one('takes letters for their subject alone', {
    file: INBOX,
    text: `hasAttachment(beginning, name) ? { name }`,
    replacement: `beginning.length > 0 ? { name }`,
  }),
  one('removes letters that are none of its own', {
    file: INBOX,
    text: `if (message === 'foreign') foreign.add(head.number)`,
    replacement: `if (message === 'foreign') await this.#letterBox.remove(head.number)`,
  }),
  one('removes every letter with the prefix', {
    file: INBOX,
    text: `    if (name === undefined) return undefined\n`,
    replacement:
      `    const subject = header.first('Subject') ?? ''\n` +
      `    if (name === undefined && subject.startsWith(this.#options.subjectPrefix)) this.#leftBehind.push(letter)\n` +
      `    if (name === undefined) return undefined\n`,
  }),
  one('removes the letter that lies beside', {
    file: INBOX,
    text: `this.#letterBox.remove(this.#numberOf(message))`,
    replacement: `this.#letterBox.remove(Math.max(1, this.#numberOf(message) - 1))`,
  }),
  one('remembers its own letters as those of others', {
    file: INBOX,
    text: `else if (message !== 'later') this.#keep(message, head)`,
    replacement: `else if (message !== 'later') foreign.add(head.number), this.#keep(message, head)`,
  }),
  one('tells plans apart by the beginning of their names', {
    file: INBOX,
    text: `name?.plan === plan.name &&`,
    replacement: `name?.plan.startsWith(plan.name) &&`,
  }),
  one('hands out again what was handed out before it was restored', {
    file: KEYS,
    text: `nextBlock(wasRestored ? Math.max(known, mark) : known, rule, limit)`,
    replacement: `nextBlock(mark < 0 ? mark : known, rule, limit)`,
  }),
  one('keeps no record of a block that it hands out', {
    file: KEYS,
    text: `    await keys.addBlock(name, node, block)\n`,
    replacement: ``,
  }),
  one('counts on in a block after it was restored', {
    file: KEYS,
    text: `first: Math.max(block.first, told + 1) }`,
    replacement: `first: Math.max(block.first, 0 * told) }`,
  }),
  one('does not go on in the block that it got', {
    file: 'store/sqlite/key-ledger.ts',
    text: `if (this.#used(table) < first - 1) this.#setUsed(table, first - 1)`,
    replacement: `if (this.#used(table) < 0) this.#setUsed(table, first - 1)`,
  }),
  one('counts on behind the end of a block', {
    file: 'store/sqlite/key-guard.ts',
    text: `BEGIN SELECT RAISE(ABORT,`,
    replacement: `BEGIN SELECT coalesce('',`,
  }),
  one('sets no mark before it hands out blocks', {
    file: KEYS,
    text: `      await this.#marks.set('handed', name, through)\n`,
    replacement: ``,
  }),
  one('sets no mark of the keys that it tells of', {
    file: KEYS,
    text: `      await this.#marks.set('used', table.table, table.used)\n`,
    replacement: ``,
  }),
  one('looks at no rows when it hands out a block', {
    file: KEYS,
    text: `Math.max(await keys.highest(table.table), table.used, table.greatest, own.used)`,
    replacement: `own.used`,
  }),
]

function one(name: string, edit: Mutation['edits'][number]): Mutation {
  return { name, edits: [edit] }
}
