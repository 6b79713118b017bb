/** Breakages of the store for PostgreSQL, for worlds that have nodes there: `npm run simulate -- --postgres --mutations`. */
import { type Mutation, one } from './mutation.ts'

const FOLD = 'store/postgres/fold.ts'
const CAPTURE = 'store/postgres/capture.ts'
const PLAIN = 'store/postgres/plain-writer.ts'
const UNIFORM = 'store/postgres/uniform-batch.ts'
const TARGET = 'store/postgres/table-target.ts'
const TRANSACTION = 'store/postgres/postgres-transaction.ts'
const DATABASE = 'store/postgres/postgres-database.ts'
const TRIGGERS = 'store/postgres/suspended-triggers.ts'
const APPLY_DATABASE = 'store/postgres/apply-database.ts'
const WAITING_ROWS = 'store/postgres/waiting-rows.ts'
const SUMS = 'store/postgres/sum-tables.ts'

export const POSTGRES_MUTATIONS: readonly Mutation[] = [
  inPostgres('registers applied rows as changes of its own', {
    file: CAPTURE,
    text: `, true) = 'on' AND pg_trigger_depth() = 1 THEN`,
    replacement: `, true) = 'never' THEN`,
  }),
  inPostgres('registers no change of a key', {
    file: CAPTURE,
    text: `FROM obmen_new UNION SELECT`,
    replacement: `FROM obmen_new INTERSECT SELECT`,
  }),
  inPostgres('takes no notice of TRUNCATE', {
    file: FOLD,
    text: `  await appendTruncated(connection, tables)\n`,
    replacement: '',
  }),
  inPostgres('folds a stamp of the clock, whatever the row had', {
    file: FOLD,
    text: `stamp = greatest(c.at, i.stamp + 1)`,
    replacement: `stamp = c.at`,
  }),
  inPostgres('folds rows that are gone as if they were there', {
    file: FOLD,
    text: `via = '', gone = c.gone,`,
    replacement: `via = '', gone = false,`,
  }),
  inPostgres('two folds give the same positions', {
    file: TRANSACTION,
    text: `    if (lastSeq > headSeq) await writeHeadSeq(this.#connection, lastSeq)\n`,
    replacement: '',
  }),
  {
    name: 'forgets where a row came from, in PostgreSQL',
    edits: [
      {
        file: TARGET,
        text: `batch.map(({ entry }) => entry.via)`,
        replacement: `batch.map(() => '')`,
      },
      {
        file: UNIFORM,
        text: `\${origin}, \${sender}, false`,
        replacement: `\${origin}, '', false`,
      },
      { file: UNIFORM, text: `via = \${sender}, gone`, replacement: `via = '', gone` },
      { file: PLAIN, text: `a.origin, \${sender}, false`, replacement: `a.origin, '', false` },
      { file: PLAIN, text: `via = \${sender}, gone`, replacement: `via = '', gone` },
    ],
  },
  inPostgres('writes over a newer row', {
    file: UNIFORM,
    text: `i.stamp < \${stamp} AND `,
    replacement: '',
  }),
  inPostgres('takes what it changed itself for known to who sends', {
    file: UNIFORM,
    text: `OR i.seq <= `,
    replacement: `OR i.seq >= `,
  }),
  inPostgres('lets older versions win where a row needs no thought', {
    file: UNIFORM,
    text: `(i.stamp < `,
    replacement: `(i.stamp <> `,
  }),
  inPostgres('keeps no tombstone of what a message deletes', {
    file: TARGET,
    text: `String(kind !== 'row')`,
    replacement: `String(kind === 'nothing')`,
  }),
  inPostgres('commits what was done of a message when it fails', {
    file: DATABASE,
    text: `    client.release(await rollBack(connection))\n    throw error`,
    replacement: `    await connection.exec('COMMIT')\n    client.release()\n    throw error`,
  }),
  inPostgres('gives a connection back that applies for ever', {
    file: APPLY_DATABASE,
    text: `'on', true)`,
    replacement: `'on', false)`,
  }),
  inPostgres('gives a connection back whose triggers and foreign keys rest', {
    file: TRIGGERS,
    text: `SET LOCAL session_replication_role`,
    replacement: `SET session_replication_role`,
  }),
  inPostgres('lets triggers of the application fire', {
    file: TRIGGERS,
    text: `    if (this.#seen.has(table.oid)) return\n`,
    replacement: `    if (table.oid > 0) return\n`,
  }),
  inPostgres('leaves triggers of the application switched off', {
    file: TRIGGERS,
    text: `    if (this.#restore.length > 0) await`,
    replacement: `    if (this.#restore.length > 99) await`,
  }),
  inPostgres('takes rows out that others refer to', {
    file: APPLY_DATABASE,
    text: `this.#mode === 'replica' || !(await this.#isReferred(table))`,
    replacement: `this.#mode !== 'fire' || !(await this.#isReferred(table))`,
  }),
  inPostgres('drops rows that the database refuses', {
    file: WAITING_ROWS,
    text: `  const { table, key, via, reason, ours = null } = waiting\n`,
    replacement: `  const { table, key, via, reason, ours = null } = waiting\n  if (nowMs > 0) return\n`,
  }),
  inPostgres('does not try again what was refused', {
    file: WAITING_ROWS,
    text: `  return rows.map(([node, tableLine, rowLine, reason, ours]) => {`,
    replacement: `  return rows.slice(rows.length).map(([node, tableLine, rowLine, reason, ours]) => {`,
  }),
  inPostgres('compares rows that have changed since', {
    file: SUMS,
    text: `WHERE i.seq > $1::bigint AND i.via <> $2`,
    replacement: `WHERE i.seq > $1::bigint AND i.via <> $2 AND false`,
  }),
  inPostgres('forgets deletions that a node does not know yet', {
    file: 'store/postgres/deletions.ts',
    text: `Math.min(toNumber(seq), await readAcknowledgedByAll(connection))`,
    replacement: `toNumber(seq) + 0 * (await readAcknowledgedByAll(connection))`,
  }),
  inPostgres('sees no change of the schema', {
    file: 'store/postgres/catalog-version.ts',
    text: `  return version ?? ''`,
    replacement: `  return (version ?? '').slice(0, 0)`,
  }),
  inPostgres('does not go on in the block that it got', {
    file: 'store/postgres/key-ledger.ts',
    text: `const isBefore = used < block.first - 1 && block.first <= last`,
    replacement: `const isBefore = used < 0`,
  }),
  inPostgres('counts on behind the end of a block', {
    file: 'store/postgres/key-ledger.ts',
    text: `const last = Math.max(block.first > block.last`,
    replacement: `const last = 100 + Math.max(block.first > block.last`,
  }),
]

function inPostgres(name: string, edit: Mutation['edits'][number]): Mutation {
  return one(`${name}, in PostgreSQL`, edit)
}
