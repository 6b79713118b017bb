import { type Connection, isRefusal } from './postgres-database.ts'

/** What became of a row that was tried: `undefined` when it was written. */
export type Refusals = Map<number, string>

/** A row with the number that it is known by. */
interface Numbered {
  readonly place: number
}

/** A BEFORE trigger that returns NULL, for example: PostgreSQL reports a success, and counts a row less. */
const SKIPPED = 'the row was not written: a trigger, a rule or a policy of the table skipped it'

/**
 * Writes rows of which the database may refuse some: all at once, and when that fails by halves, down to the single row, each try
 * under a savepoint. So a refused row never spoils the others, and a batch without one costs one try. `work` gives the rows that it
 * left out by itself, with the reason; `undefined` when the database passed over some of the others without a word.
 */
export async function writeRefusing<Row extends Numbered>(
  connection: Connection,
  rows: readonly Row[],
  work: (rows: readonly Row[]) => Promise<Refusals | undefined>,
): Promise<Refusals> {
  if (rows.length === 0) return new Map()
  await connection.exec('SAVEPOINT obmen_rows')
  let reason = SKIPPED
  try {
    const refusals = await work(rows)
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
  const middle = Math.ceil(rows.length / 2)
  const left = await writeRefusing(connection, rows.slice(0, middle), work)
  const right = await writeRefusing(connection, rows.slice(middle), work)
  return new Map([...left, ...right])
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
