import { type CapturedTable, logName } from './capture.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'
import { readTargets } from './trigger-body.ts'

interface Trigger {
  readonly name: string
  readonly sql: string
  /** What the trigger writes to, in lower case; `undefined` when that is not known. */
  readonly targets: readonly string[] | undefined
}

/** From here on it costs more to register each row than to take the triggers away. */
const MAX_REGISTERED_ROWS = 100

/** A table whose triggers have stayed where they are: what is in its log behind this was registered since. */
interface Registering {
  readonly table: CapturedTable
  readonly triggers: readonly Trigger[]
  readonly kept: readonly Trigger[]
  readonly afterId: number
  rowCount: number
}

/**
 * Takes the triggers of a table away while a message is applied, and puts them back in the same transaction.
 *
 * A message carries the rows as they are at the sender, with everything its triggers did to them. Fired again here,
 * a trigger that counts or stamps would make the same row different on each node, and ours would register the row as a
 * change of this node. SQLite can't switch triggers off for one connection, but its DDL is transactional: whatever happens
 * before the commit, the schema is as it was. Other programs never see it otherwise, for writers come one at a time.
 *
 * Triggers that only write where no message does stay: a full-text index has to follow the rows of a message too.
 *
 * After each change of the schema every program compiles its statements anew. So where no triggers of the application have to go, ours stay
 * for a few rows, and what they have registered goes before the commit: nobody else writes meanwhile.
 */
export class SuspendedTriggers {
  readonly #database: SqliteDatabase
  readonly #plan: ReadonlySet<string>
  /** The tables whose triggers were looked at, and whether any of them stay. */
  readonly #suspended = new Map<string, boolean>()
  readonly #registering = new Map<string, Registering>()
  #schema: SchemaObjects | undefined
  readonly #kept: string[] = []
  readonly #statements: string[] = []

  constructor(database: SqliteDatabase, tables: readonly CapturedTable[]) {
    this.#database = database
    this.#plan = new Set(tables.map(({ name }) => toLowerCase(name)))
  }

  /** Does nothing the second time. Gives whether triggers of the table stay where they are. */
  suspend(table: CapturedTable): boolean {
    const before = this.#suspended.get(table.name)
    if (before !== undefined) return before
    this.#schema ??= readSchemaObjects(this.#database)
    const triggers = this.#schema.triggers.get(toLowerCase(table.name)) ?? []
    const harmless = triggers.filter((trigger) => this.#isHarmless(trigger))
    const mayStay = triggers.every((trigger) => harmless.includes(trigger) || registers(trigger))
    const kept = mayStay
      ? this.#leave(table, triggers, harmless)
      : this.#takeAway(table, triggers, harmless)
    this.#suspended.set(table.name, kept.length > 0)
    return kept.length > 0
  }

  /** To be told before rows of a message are written to a table. */
  expectRows(table: CapturedTable, rowCount: number): void {
    const registering = this.#registering.get(table.name)
    if (registering === undefined || registering.rowCount > MAX_REGISTERED_ROWS) return
    registering.rowCount += rowCount
    if (registering.rowCount <= MAX_REGISTERED_ROWS) return
    this.#takeAway(table, registering.triggers, registering.kept)
  }

  /** Puts the triggers back, in the order in which they were made: those that stayed too, or they would come first. */
  restore(): void {
    for (const name of this.#kept.splice(0)) this.#drop(name)
    for (const statement of this.#statements.splice(0)) this.#database.exec(statement)
    for (const { table, afterId } of this.#registering.values()) {
      new Query(this.#database, `DELETE FROM ${logName(table)} WHERE id > ?`).run(afterId)
    }
    this.#registering.clear()
  }

  /** Gives the triggers of the application that stay. */
  #takeAway(
    table: CapturedTable,
    triggers: readonly Trigger[],
    harmless: readonly Trigger[],
  ): readonly Trigger[] {
    const kept = [...harmless]
    for (const trigger of triggers) if (!kept.includes(trigger)) this.#drop(trigger.name)
    if (kept.length > 0 && !canFire(this.#database, table)) {
      for (const { name } of kept.splice(0)) this.#drop(name)
    }
    this.#kept.push(...kept.map(({ name }) => name))
    this.#statements.push(...triggers.map(({ sql }) => sql))
    return kept
  }

  #leave(
    table: CapturedTable,
    triggers: readonly Trigger[],
    kept: readonly Trigger[],
  ): readonly Trigger[] {
    if (kept.length > 0 && !canFire(this.#database, table)) {
      return this.#takeAway(table, triggers, kept)
    }
    const [lastId = null] =
      new Query(this.#database, `SELECT max(id) FROM ${logName(table)}`).first() ?? []
    const afterId = toNumber(lastId ?? 0)
    this.#registering.set(table.name, { table, triggers, kept, afterId, rowCount: 0 })
    return kept
  }

  #drop(name: string): void {
    this.#database.exec(`DROP TRIGGER ${quoteName(name)}`)
  }

  /** Writes to virtual tables or to tables outside the plan, whose triggers write nowhere. */
  #isHarmless({ targets }: Trigger): boolean {
    const { virtual, ordinary, triggers } = this.#schema ?? NOTHING
    if (targets === undefined) return false
    return targets.every((target) => {
      if (virtual.has(target)) return true
      const isApplications = ordinary.has(target) && !target.startsWith('obmen_')
      return isApplications && !this.#plan.has(target) && !triggers.has(target)
    })
  }
}

/** What is in the schema, by names in lower case. */
interface SchemaObjects {
  readonly virtual: ReadonlySet<string>
  /** Tables without a conflict clause of their own. */
  readonly ordinary: ReadonlySet<string>
  /** The triggers of each table, in the order in which they were made. */
  readonly triggers: ReadonlyMap<string, readonly Trigger[]>
}

/**
 * `UNIQUE ON CONFLICT IGNORE`: the statement that fires a trigger overrules it, but for a DELETE, which has no such clause: ROLLBACK would end our
 * transaction in the middle of a message.
 */
const CONFLICT_CLAUSE = /\bCONFLICT\b/i

const NOTHING: SchemaObjects = { virtual: new Set(), ordinary: new Set(), triggers: new Map() }

/** Reads the schema once: a plan of many tables would otherwise read it again for each of them. */
function readSchemaObjects(database: SqliteDatabase): SchemaObjects {
  const virtual = new Set<string>()
  const ordinary = new Set<string>()
  const triggers = new Map<string, Trigger[]>()
  const objects = new Query(
    database,
    `SELECT type, name, lower(tbl_name), sql FROM sqlite_schema
      WHERE type IN ('table', 'trigger') ORDER BY rowid`,
  ).all()
  for (const [type, name, table, sql] of objects) {
    if (type === 'table') {
      const text = toText(sql)
      if (/^CREATE VIRTUAL/i.test(text)) virtual.add(toText(table))
      else if (!CONFLICT_CLAUSE.test(text)) ordinary.add(toText(table))
      continue
    }
    const ofTable = triggers.get(toText(table)) ?? []
    ofTable.push(toTrigger(toText(name), toText(sql)))
    triggers.set(toText(table), ofTable)
  }
  return { virtual, ordinary, triggers }
}

function toTrigger(name: string, sql: string): Trigger {
  const isOurs = name.startsWith('obmen_')
  return { name, sql, targets: isOurs ? undefined : readTargets(sql)?.map(toLowerCase) }
}

/** Whether the triggers of a table can run here: they may need a function or a tokenizer that only the application has. */
function canFire(database: SqliteDatabase, table: CapturedTable): boolean {
  const target = quoteName(table.name)
  const assignments = [...table.key, ...table.others].map(({ name }) => {
    return `${quoteName(name)} = ${quoteName(name)}`
  })
  try {
    database.prepare(`INSERT INTO ${target} DEFAULT VALUES`)
    database.prepare(`UPDATE ${target} SET ${assignments.join(', ')}`)
    database.prepare(`DELETE FROM ${target}`)
    return true
  } catch {
    return false
  }
}

/** Whether it is one of ours that does nothing but append to the log. */
function registers({ name }: Trigger): boolean {
  return /^obmen_\d+_(?:insert|update|rekey|delete|evict_\w+)$/.test(name)
}

/** As SQLite compares names: in the letters of ASCII. */
function toLowerCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
