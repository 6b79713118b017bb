import { type Connection, isRefusal } from './postgres-database.ts'
import type { Tried } from './row-trial.ts'

/** What became of a row that was tried: `undefined` when it was written. */
export type Refusals = Map<number, string>

/** A row with the number that it is known by. */
interface Numbered {
  readonly place: number
}

/** A BEFORE trigger that returns NULL, for example: PostgreSQL reports a success, and counts a row less. */
const SKIPPED = 'the row was not written: a trigger, a rule or a policy of the table skipped it'

/** How rows are written. */
export interface Writing<Row extends Numbered> {
  /**
   * All at once. Gives the rows that it left out by itself, with the reason; `undefined` when the database passed over some of the others
   * without a word.
   */
  readonly all: (rows: readonly Row[]) => Promise<Refusals | undefined>
  /** One after the other, when the database refuses some. Absent where few are ever refused. */
  readonly each?: ((rows: readonly Row[]) => Promise<Tried>) | undefined
}

/**
 * Writes rows of which the database may refuse some: all at once, and when that fails one after the other, or by halves, down to the single row, each try
 * under a savepoint. So a refused row never spoils the others, and a batch without one costs one try.
 */
export async function writeRefusing<Row extends Numbered>(
  connection: Connection,
  rows: readonly Row[],
  writing: Writing<Row>,
): Promise<Refusals> {
  if (rows.length === 0) return new Map()
  await connection.exec('SAVEPOINT obmen_rows')
  let reason = SKIPPED
  try {
    const refusals = await writing.all(rows)
    if (refusals !== undefined) {
      await connection.exec('RELEASE SAVEPOINT obmen_rows')
      return refusals
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    reason = error.message
  }
  await connection.exec('ROLLBACK TO SAVEPOINT obmen_rows; RELEASE SAVEPOINT obmen_rows')
  const [first] = rows
  if (rows.length === 1 && first !== undefined) return new Map([[first.place, reason]])
  const tried = await writing.each?.(rows)
  const middle = Math.ceil(rows.length / 2)
  const parts =
    tried === undefined
      ? [rows.slice(0, middle), rows.slice(middle)]
      : rows.filter(({ place }) => tried.passedOver.has(place)).map((row) => [row])
  const refusals = new Map(tried?.refusals)
  for (const part of parts) {
    for (const [place, why] of await writeRefusing(connection, part, writing)) {
      refusals.set(place, why)
    }
  }
  return refusals
}

/**
 * Asks for rows, of which the database may not even be able to read some: all at once, and when that fails by halves. Those that
 * can't be read have no answer; they are refused when they are written.
 */
export async function askRefusing<Row, Answer>(
  connection: Connection,
  rows: readonly Row[],
  ask: (rows: readonly Row[]) => Promise<ReadonlyMap<Row, Answer>>,
): Promise<ReadonlyMap<Row, Answer>> {
  if (rows.length === 0) return new Map()
  await connection.exec('SAVEPOINT obmen_question')
  try {
    const answers = await ask(rows)
    await connection.exec('RELEASE SAVEPOINT obmen_question')
    return answers
  } catch (error) {
    if (!isRefusal(error)) throw error
    await connection.exec('ROLLBACK TO SAVEPOINT obmen_question; RELEASE SAVEPOINT obmen_question')
    if (rows.length === 1) return new Map()
    const middle = Math.ceil(rows.length / 2)
    const left = await askRefusing(connection, rows.slice(0, middle), ask)
    const right = await askRefusing(connection, rows.slice(middle), ask)
    return new Map([...left, ...right])
  }
}
