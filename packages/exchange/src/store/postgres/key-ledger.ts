/**
 * Blocks of keys in PostgreSQL. The numbers come from the sequence of the key column, whatever keys there are in the table: it is
 * restarted at the block's first number, and ends at its last: then whoever inserts a row is told so by PostgreSQL. How far it
 * went before is kept, and is put back when the rule goes.
 */
import { RuleInvalid } from '../../plan/errors.ts'
import { type KeyBlock, type KeyBlockRule, keyBlockRuleOf, MAX_KEY } from '../../plan/key-blocks.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { KeyTable } from '../key-ledger.ts'
import { type Handed, isHanded, KeyLedgerRows, type LedgerOptions } from '../key-ledger-rows.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import { type CapturedTable, indexName } from './capture.ts'
import {
  type Connection,
  isLockTimeout,
  isNotPermitted,
  quoteName,
  toArray,
  toBoolean,
  toNumber,
  toText,
} from './postgres-database.ts'
import type { RuledTable } from './ruled-table.ts'
import { QUOTED_NAME, tableName } from './user-table.ts'

/** How the keys of a table are handed out, and the sequence that gives them, as SQL names it. */
export interface SequenceRule extends KeyBlockRule {
  readonly sequence: string
  /** How far both the sequence and the key column count. */
  readonly limit: number
}

export class PostgresKeyLedger extends KeyLedgerRows<RuledTable> {
  /** The sequence does not care for the rows that come. Whoever has taken a number from it keeps us waiting: that must not be while we keep others. */
  readonly steersWhileApplying = false
  readonly #connection: Connection

  constructor(connection: Connection, options: LedgerOptions<RuledTable>) {
    super(bookkeepingOf(connection), options)
    this.#connection = connection
  }

  async tables(): Promise<readonly KeyTable[]> {
    const tables: KeyTable[] = []
    for (const table of this.handed) {
      tables.push({
        table: table.name,
        rule: table.keyBlocks,
        limit: table.keyBlocks.limit,
        used: await this.#used(table),
        greatest: await this.#greatest(table),
        climbs: false,
      })
    }
    return tables
  }

  #used({ keyBlocks: { sequence } }: Handed<RuledTable>): Promise<number> {
    return this.#number(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM ${sequence}`,
    )
  }

  /** Also of rows that are deleted: the change index has them for long. */
  async #greatest(table: Handed<RuledTable>): Promise<number> {
    const [key] = table.key
    if (key === undefined) return 0
    const there = await this.#number(`SELECT max(${quoteName(key.name)}) FROM ${tableName(table)}`)
    return Math.max(0, there, await this.#number(`SELECT max(k1) FROM ${indexName(table)}`))
  }

  async steer(table: string, block: KeyBlock): Promise<void> {
    const handed = this.handed.find(({ name }) => name === table)
    if (handed === undefined) return
    const { sequence, limit } = handed.keyBlocks
    const { end } = await readSequence(this.#connection, sequence)
    const used = await this.#used(handed)
    if (block.first > limit) return
    const last = Math.max(block.first > block.last ? 1 : Math.min(block.last, limit), used)
    const isBefore = used < block.first - 1 && block.first <= last
    if (end === last && !isBefore) return
    await this.#keepEnd(sequence)
    const restart = isBefore ? `RESTART WITH ${block.first}` : ''
    await this.#alter(table, `ALTER SEQUENCE ${sequence} MAXVALUE ${last} ${restart}`)
  }

  /** What it was before us: only the first time. */
  async #keepEnd(sequence: string): Promise<void> {
    await this.#connection.run(
      `INSERT INTO obmen_exchange.key_sequences SELECT seqrelid, seqmax FROM pg_sequence
        WHERE seqrelid = $1::regclass ON CONFLICT DO NOTHING`,
      sequence,
    )
  }

  /** A program that has taken a number and not committed yet is not waited for long: the next exchange tries again. */
  async #alter(table: string, statement: string): Promise<void> {
    await this.#connection.exec(`SAVEPOINT obmen_keys; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    try {
      await this.#connection.exec(statement)
    } catch (error) {
      await this.#connection.exec('ROLLBACK TO SAVEPOINT obmen_keys')
      if (isNotPermitted(error) && error instanceof Error) {
        throw new RuleInvalid(
          table,
          { kind: 'refused', database: 'PostgreSQL', words: error.message, columns: [] },
          { cause: error },
        )
      }
      if (!isLockTimeout(error)) throw error
    }
    await this.#connection.exec('RELEASE SAVEPOINT obmen_keys; SET LOCAL lock_timeout = 0')
  }

  async #number(sql: string, ...values: readonly string[]): Promise<number> {
    return Math.min(MAX_KEY, toNumber((await this.#connection.first(sql, ...values))?.[0]))
  }
}

/** Others that want a number of the sequence wait behind us meanwhile. */
const LOCK_TIMEOUT_MS = 500

interface Sequence {
  readonly end: number
  /** How far it may count: what its type holds, or what the application has declared. */
  readonly greatest: number
  readonly countsByOne: boolean
}

async function readSequence(connection: Connection, sequence: string): Promise<Sequence> {
  const row = await connection.first(
    `SELECT s.seqmax, least(coalesce(k.max_value, s.seqmax), 9007199254740991), s.seqincrement = 1 AND NOT s.seqcycle
       FROM pg_sequence s LEFT JOIN obmen_exchange.key_sequences k ON k.sequence = s.seqrelid
      WHERE s.seqrelid = $1::regclass`,
    sequence,
  )
  return {
    end: toNumber(row?.[0]),
    greatest: toNumber(row?.[1]),
    countsByOne: toBoolean(row?.[2]),
  }
}

/** The rule of a table whose keys are handed out in blocks. Throws {@link RuleInvalid} where no sequence gives them one by one. */
export async function readKeyBlocks(
  connection: Connection,
  table: CapturedTable,
  rules: PlanRules,
): Promise<SequenceRule | undefined> {
  const rule = keyBlockRuleOf(rules, table.name)
  if (rule === undefined) return undefined
  const [key, another] = table.key
  if (key?.codec.type !== 'integer' || another !== undefined) {
    throw new RuleInvalid(table.name, { kind: 'key-not-one-integer' })
  }
  const found = await connection.first(
    'SELECT pg_get_serial_sequence($1, $2)',
    tableName(table),
    key.name,
  )
  const sequence = toText(found?.[0])
  if (sequence === '') {
    throw new RuleInvalid(table.name, { kind: 'key-without-sequence', column: key.name })
  }
  const { countsByOne, greatest } = await readSequence(connection, sequence)
  if (!countsByOne) {
    throw new RuleInvalid(table.name, { kind: 'sequence-not-by-one', sequence })
  }
  const limit = Math.min(greatest, await readColumnLimit(connection, table, key.name))
  if (rule.size > limit) {
    const { size } = rule
    throw new RuleInvalid(table.name, { kind: 'block-too-large', size, column: key.name, limit })
  }
  return { ...rule, sequence, limit }
}

/** An older sequence counts further than the `integer` column that it belongs to. */
async function readColumnLimit(
  connection: Connection,
  table: CapturedTable,
  column: string,
): Promise<number> {
  const row = await connection.first(
    'SELECT attlen FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2',
    tableName(table),
    column,
  )
  return Math.min(MAX_KEY, 2 ** (8 * toNumber(row?.[0]) - 1) - 1)
}

/** Lets sequences go as far as they did before, except for those whose tables still have a rule. */
export async function releaseSequences(
  connection: Connection,
  tables: readonly RuledTable[],
): Promise<void> {
  const kept = tables.filter(isHanded).map(({ keyBlocks }) => keyBlocks.sequence)
  const sequences = await connection.all(
    `SELECT c.oid, ${QUOTED_NAME}, s.max_value FROM obmen_exchange.key_sequences s
       JOIN pg_class c ON c.oid = s.sequence JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT c.oid = ANY ($1::regclass[])`,
    toArray(kept),
  )
  for (const [oid, name, end] of sequences) {
    await connection.exec(`ALTER SEQUENCE ${toText(name)} MAXVALUE ${toText(end)}`)
    await connection.run(
      'DELETE FROM obmen_exchange.key_sequences WHERE sequence = $1',
      toText(oid),
    )
  }
}
