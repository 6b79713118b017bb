import { HELD_IN } from '../message/type-agreement.ts'
import { ExchangeError } from '../plan/exchange-error.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'

/** A database that was not prepared for an exchange, or not by this program. */
export class StoreNotPrepared extends ExchangeError {
  readonly code = 'STORE_NOT_PREPARED'
  readonly transient = false

  constructor() {
    super('the database is not prepared for an exchange', { hint: 'prepare it with: obmen init' })
  }
}

/** A driver that does not keep what the database holds: an older `node:sqlite` ends texts at their first NUL. */
export class SqliteUnfit extends ExchangeError {
  readonly code = 'SQLITE_UNFIT'
  readonly transient = false

  constructor() {
    super('the SQLite of this Node.js does not give texts as they are', {
      hint: 'run Node.js 24.16 or later, and of 26 at least 26.1: https://nodejs.org/',
    })
  }
}

/** A database that was prepared for another plan or as another node. */
export class StoreOfAnotherPlan extends ExchangeError {
  readonly code = 'STORE_OF_ANOTHER_PLAN'
  readonly transient = false
  readonly prepared: ExchangePlan
  readonly wanted: ExchangePlan

  constructor(prepared: ExchangePlan, wanted: ExchangePlan) {
    const [was, is] = [prepared, wanted].map(({ thisNode, name }) => `node ${thisNode} of ${name}`)
    super(`the database was prepared as ${was}, not as ${is}`, {
      hint: 'check "plan", "node" and "database" in the configuration: is it the file of another site, or a copy of its database?',
    })
    this.prepared = { name: prepared.name, thisNode: prepared.thisNode }
    this.wanted = { name: wanted.name, thisNode: wanted.thisNode }
  }
}

/** A database that was copied or moved since the last exchange: two of them under one code would take each other's letters. */
export class StoreMoved extends ExchangeError {
  readonly code = 'STORE_MOVED'
  readonly transient = false
  /** Where the last exchange was, and where this one would be. */
  readonly before: string
  readonly now: string

  constructor(before: string, now: string) {
    super(`the database exchanged as ${before} until now, and is ${now}`, {
      hint: 'if it is a copy, leave it alone, or make it a node of its own; if it was moved and the old one is gone for good: obmen init --moved',
    })
    this.before = before
    this.now = now
  }
}

/** A table that is named in the plan's content and does not exist. */
export class TableUnknown extends ExchangeError {
  readonly code = 'TABLE_UNKNOWN'
  readonly transient = false
  readonly table: string
  /** The tables that there are. */
  readonly known: readonly string[]

  constructor(table: string, known: readonly string[]) {
    super(`there is no table ${JSON.stringify(table)} in the database`, {
      hint: `check "tables" in the configuration; the database has: ${known.join(', ')}`,
    })
    this.table = table
    this.known = known
  }
}

/** Tables whose rows can't be told apart from one node to the next. */
export class TableWithoutPrimaryKey extends ExchangeError {
  readonly code = 'TABLE_WITHOUT_PRIMARY_KEY'
  readonly transient = false
  readonly tables: readonly string[]

  constructor(tables: readonly string[]) {
    const names = tables.map((table) => JSON.stringify(table)).join(', ')
    super(`${tables.length === 1 ? 'table' : 'tables'} ${names} without a primary key`, {
      hint: 'give each a PRIMARY KEY, or leave them out of the exchange: tables: { except: [ … ] }',
    })
    this.tables = tables
  }
}

/** Tables of PostgreSQL one of which inherits from the other: each of its rows would travel as two. */
export class TablesInherit extends ExchangeError {
  readonly code = 'TABLES_INHERIT'
  readonly transient = false
  readonly table: string
  readonly parent: string

  constructor(table: string, parent: string) {
    const [child, ancestor] = [JSON.stringify(table), JSON.stringify(parent)]
    super(`table ${child} inherits from ${ancestor}, so each of its rows is a row of both`, {
      hint: `leave one of the two out of the exchange: tables: { except: [ … ] }. Changes of the other one are registered when programs name it in their statements`,
    })
    this.table = table
    this.parent = parent
  }
}

/** A key that is compared by a collation which only the application itself knows. */
export class CollationUnknown extends ExchangeError {
  readonly code = 'COLLATION_UNKNOWN'
  readonly transient = false
  readonly table: string
  readonly column: string
  readonly collation: string

  constructor(table: string, column: string, collation: string) {
    super(
      `the key column ${JSON.stringify(column)} of table ${JSON.stringify(table)} has the collation ${collation}, which is unknown here`,
      {
        hint: 'give the column BINARY, NOCASE or RTRIM, or leave the table out of the exchange: tables: { except: [ … ] }',
      },
    )
    this.table = table
    this.column = column
    this.collation = collation
  }
}

/** In what a table is not the same on both sides: `here` is this database, `there` the sender. */
export type SchemaDifference =
  | { readonly kind: 'not-in-plan' }
  | { readonly kind: 'key'; readonly here: readonly string[]; readonly there: readonly string[] }
  | { readonly kind: 'missing'; readonly columns: readonly string[] }
  | {
      readonly kind: 'column'
      readonly column: string
      readonly here: string
      readonly there: string
    }

/** One thing in which a table is not the same on both sides. */
export interface TableDifference {
  readonly table: string
  readonly what: SchemaDifference
}

/** The tables here don't take what the sender's tables hold. Nothing of the message was applied. */
export class SchemaMismatch extends ExchangeError {
  readonly code = 'SCHEMA_MISMATCH'
  readonly transient = false
  /** The first of {@link differences}. */
  readonly table: string
  readonly difference: string
  /** All that were found, of all tables of the message. */
  readonly differences: readonly TableDifference[]

  constructor(table: string, what: SchemaDifference, others: readonly TableDifference[] = []) {
    const differences = [{ table, what }, ...others]
    super(`${describeDifferences(differences)}`, {
      hint: 'make the tables equal, here or there; the message waits in the mailbox and is tried again at the next exchange',
    })
    this.table = table
    this.difference = describeDifference(what)
    this.differences = differences
  }

  /** One error of several; `undefined` of none. */
  static ofAll(differences: readonly TableDifference[]): SchemaMismatch | undefined {
    const [first, ...others] = eachOnce(differences)
    return first && new SchemaMismatch(first.table, first.what, others)
  }

  /** What the values of a type go with that is in no column here: of a column of PostgreSQL on one side and one of SQLite on the other. */
  get typesInSqlite(): readonly TypeInSqlite[] {
    const types = this.differences.flatMap(({ what }) =>
      what.kind === 'column' ? [what.here, what.there] : [],
    )
    return [...HELD_IN].flatMap(([type, columns]) => {
      return types.includes(type) ? [{ type, columns }] : []
    })
  }
}

/** A type of PostgreSQL, as messages name it, and the columns of SQLite that hold its values exactly, by their affinity. */
export interface TypeInSqlite {
  readonly type: string
  readonly columns: readonly string[]
}

/** A message names a table again and again. */
function eachOnce(differences: readonly TableDifference[]): readonly TableDifference[] {
  return [
    ...new Map(differences.map((difference) => [JSON.stringify(difference), difference])).values(),
  ]
}

/** Each table once, with all that is different about it. */
function describeDifferences(differences: readonly TableDifference[]): string {
  const byTable = Map.groupBy(differences, ({ table }) => table)
  const parts = [...byTable].map(([table, own]) => {
    const found = own.map(({ what }) => describeDifference(what)).join(', ')
    return `table ${JSON.stringify(table)} is not the same on both sides: ${found}`
  })
  return parts.join('; ')
}

function describeDifference(what: SchemaDifference): string {
  switch (what.kind) {
    case 'not-in-plan':
      return 'it is not in the plan here'
    case 'key':
      return `its primary key is (${what.here.join(', ')}) here and (${what.there.join(', ')}) at the sender`
    case 'missing':
      return `the sender has ${what.columns.map((name) => JSON.stringify(name)).join(', ')}, which is missing here`
    case 'column':
      return `column ${JSON.stringify(what.column)} is ${what.here} here and ${what.there} at the sender`
  }
}

/** A row that the database does not take, where it can't be set aside. */
export class RowRefused extends ExchangeError {
  readonly code = 'ROW_REFUSED'
  readonly transient = false
  readonly table: string
  readonly key: string
  readonly reason: string

  constructor(table: string, key: string, reason: string) {
    super(`the database refuses row ${key} of table ${JSON.stringify(table)}: ${reason}`, {
      hint: 'mend what the reason names, here or at the sender; a message with such a row waits in the mailbox and is tried again at the next exchange',
    })
    this.table = table
    this.key = key
    this.reason = reason
  }
}

/** A conflict that is not on record here, or whose columns are not. */
export class ConflictUnknown extends ExchangeError {
  readonly code = 'CONFLICT_UNKNOWN'
  readonly transient = false
  readonly id: number

  constructor(id: number) {
    super(`there is no conflict No. ${id} on record here`, {
      hint: 'see them with: obmen conflicts list',
    })
    this.id = id
  }
}

/** Where a value stands. */
export interface ValuePlace {
  readonly table: string
  readonly key: string
  readonly column: string
}

/** A value that the database calls a text, and whose octets are none: another node would get another value. */
export class TextNotUtf8 extends ExchangeError {
  readonly code = 'TEXT_NOT_UTF8'
  readonly transient = false
  readonly table: string
  readonly key: string
  readonly column: string

  constructor({ table, key, column }: ValuePlace, options: { readonly cause?: unknown } = {}) {
    super(
      `column ${JSON.stringify(column)} of table ${JSON.stringify(table)} holds a text that is not valid UTF-8, in row ${key}`,
      {
        ...options,
        hint: 'write the text anew in UTF-8, or store it as a BLOB; until then nothing is sent',
      },
    )
    this.table = table
    this.key = key
    this.column = column
  }
}

/** Triggers that register changes are gone or altered: since then changes may have been missed. */
export class CaptureDisturbed extends ExchangeError {
  readonly code = 'CAPTURE_DISTURBED'
  readonly transient = false
  readonly tables: readonly string[]
  /** Those of them that are not there any more: dropped, or renamed. A repair would take them out of the plan. */
  readonly missing: readonly string[]

  constructor(tables: readonly string[], missing: readonly string[] = []) {
    const names = quoteNames(tables)
    super(
      missing.length === 0
        ? `changes are no longer registered completely for ${names}: its triggers or its key changed`
        : `changes are no longer registered completely for ${names}: the database has no ${quoteNames(missing)} any more`,
      {
        hint:
          missing.length === 0
            ? 'mend it with: obmen init --repair; it registers every row of these tables as changed'
            : 'put the table back under its name, with its key; if it is to leave the plan, on all nodes: obmen init --repair',
      },
    )
    this.tables = tables
    this.missing = missing
  }
}

function quoteNames(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}
