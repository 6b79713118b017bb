/** Breakages of capture, fold and what is kept of rows: the change index says something else than what happened. */
import { type Mutation, one } from './mutation.ts'

const TRANSACTION = 'store/sqlite/sqlite-transaction.ts'
const FOLD = 'store/sqlite/fold.ts'
const CAPTURE = 'store/sqlite/capture.ts'
const WRITER = 'store/apply/row-writer.ts'

export const CHANGE_INDEX_MUTATIONS: readonly Mutation[] = [
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
  one('lets a row that comes again be older than its deletion', {
    file: FOLD,
    text: `CASE WHEN at <= `,
    replacement: `CASE WHEN false AND at <= `,
  }),
  one('folds notes of evictions that did not happen', {
    file: FOLD,
    text: 'WHERE evicted = 0 OR ',
    replacement: 'WHERE true OR ',
  }),
  one('registers applied rows as changes of its own', {
    file: 'store/sqlite/apply-database.ts',
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
  one('forgets deletions that a node does not know yet', {
    file: 'store/sqlite/deletions.ts',
    text: `Math.min(toNumber(seq), readAcknowledgedByAll(database))`,
    replacement: `Number(seq)`,
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
        file: 'store/sqlite/plain-writer.ts',
        text: `this.#keyLength), seq, stamp, origin, sender]`,
        replacement: `this.#keyLength), seq, stamp, origin, '']`,
      },
      {
        file: 'store/sqlite/known-rows.ts',
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
    file: 'store/set-aside-rows.ts',
    text: `SET node = ?1 WHERE node = ?2`,
    replacement: `SET node = node WHERE ?1 = ?2`,
  }),
  one('sends rows of a table that it only takes', {
    file: 'store/sqlite/change-reader.ts',
    text: `    .filter(({ direction }) => direction !== 'in')\n`,
    replacement: ``,
  }),
]
