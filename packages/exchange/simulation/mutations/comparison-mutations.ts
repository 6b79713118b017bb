/** Breakages of the comparison of tables: it finds differences where there are none. */
import { type Mutation, one } from './mutation.ts'

const SUMS = 'store/sqlite/sum-tables.ts'

export const COMPARISON_MUTATIONS: readonly Mutation[] = [
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
    file: 'session/table-checks.ts',
    text: `throughSeq === headSeq && body?.hasMore !== true`,
    replacement: `throughSeq === headSeq`,
  }),
  one('compares rows that the sender does not know yet', {
    file: 'session/compare-tables.ts',
    text: `throughSeq: node.acknowledgedSeq,`,
    replacement: `throughSeq: Number.MAX_SAFE_INTEGER,`,
  }),
]
