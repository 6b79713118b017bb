import type { RowLine } from '../../message/body-lines.ts'
import {
  type Connection,
  isRefusal,
  isSyntaxError,
  quoteText,
  REFUSALS,
  toText,
} from './postgres-database.ts'
import type { Refusals } from './refusing.ts'
import type { NumberedRow } from './row-batch.ts'

/** What became of rows that were tried one after the other. Those that are in neither are written. */
export interface Tried {
  readonly refusals: Refusals
  /** Rows of which nothing was written, and the database has not said why. */
  readonly passedOver: Set<number>
}

/** How a row `v` is written, in SQL. */
export interface Trial {
  /** Writes one row for it. */
  readonly statement: string
  /** Gives its number, the column and the form of a value that would not be kept as it is; absent where all are. */
  readonly inexact: string | undefined
  /** Why it is refused then. */
  readonly inexactReason: (column: number, form: string) => string
  /** A row as an array of texts. */
  readonly bind: (row: RowLine) => string
}

/** The row whose turn it is, in the place of the rows that are bound to a statement. */
export function theRow(width: number): string {
  const texts = Array.from({ length: width }, (_, index) => {
    return `obmen_row[${index + 1}] AS t${index + 1}`
  })
  return `(SELECT ${texts.join(', ')}, 1 AS n) v`
}

/**
 * Tries rows one after the other within the server, each in a subtransaction of its own: where thousands are refused, each takes a small part of what
 * a savepoint of ours and its round trips take. Where that can't be done, rows are passed over.
 */
export async function tryEach(
  connection: Connection,
  rows: readonly NumberedRow[],
  trial: Trial,
): Promise<Tried> {
  const tried: Tried = { refusals: new Map(), passedOver: new Set() }
  let bound: Bound[] = []
  let length = 0
  for (const { row, place } of rows) {
    const text = trial.bind(row)
    // PostgreSQL takes no NUL: such a row would keep all that are bound with it from their try.
    if (text.includes('\0')) {
      tried.passedOver.add(place)
      continue
    }
    bound.push({ place, text })
    length += text.length
    if (length < BLOCK_LENGTH) continue
    await tryBound(connection, bound, { trial, tried })
    bound = []
    length = 0
  }
  if (bound.length > 0) await tryBound(connection, bound, { trial, tried })
  return tried
}

/** Characters of rows that the server is given at once: it keeps a few copies of them. */
const BLOCK_LENGTH = 1024 * 1024

/** A row as text. */
interface Bound {
  readonly place: number
  readonly text: string
}

async function tryBound(
  connection: Connection,
  bound: readonly Bound[],
  { trial, tried }: { readonly trial: Trial; readonly tried: Tried },
): Promise<void> {
  const texts = bound.map(({ text }) => text)
  const outcomes = await runBlock(connection, trial, texts)
  if (outcomes === undefined) for (const { place } of bound) tried.passedOver.add(place)
  for (const { nth, state, words } of outcomes ?? []) {
    const place = bound[nth - 1]?.place ?? -1
    if (state === PASSED_OVER) tried.passedOver.add(place)
    else tried.refusals.set(place, state === INEXACT ? reasonOf(trial, words) : words)
  }
}

/** What the block says of a row that it did not write, by its number. */
interface Outcome {
  readonly nth: number
  readonly state: string
  readonly words: string
}

const ROWS = 'obmen.tried_rows'
const OUTCOMES = 'obmen.tried_outcomes'

/** SQLSTATEs that are nobody's: what the block says to itself. */
const INEXACT = 'OB001'
const PASSED_OVER = 'OB002'

/** Gives `undefined`, and has changed nothing, where the block can't be run. */
async function runBlock(
  connection: Connection,
  trial: Trial,
  texts: readonly string[],
): Promise<readonly Outcome[] | undefined> {
  await connection.exec('SAVEPOINT obmen_trial')
  try {
    await connection.run('SELECT set_config($1, $2, true)', ROWS, `{${texts.join(',')}}`)
    await connection.exec(blockOf(trial))
    const outcomes = await connection.all('SELECT unnest(current_setting($1)::text[])', OUTCOMES)
    await connection.exec('RELEASE SAVEPOINT obmen_trial')
    return outcomes.map(([outcome]) => parseOutcome(toText(outcome)))
  } catch (error) {
    // The language may be missing, or the role may not use it. What a statement of the application says in these classes, it says again when it is tried otherwise.
    if (!isRefusal(error) && !isSyntaxError(error)) throw error
    await connection.exec('ROLLBACK TO SAVEPOINT obmen_trial; RELEASE SAVEPOINT obmen_trial')
    return undefined
  }
}

/** Names of its own begin with ours: a column of the application may have any other. */
function blockOf({ statement, inexact }: Trial): string {
  const check =
    inexact === undefined
      ? ''
      : `SELECT f.place || ' ' || f.form INTO obmen_words FROM (${inexact}) f (n, place, form);
         IF FOUND THEN RAISE EXCEPTION USING ERRCODE = '${INEXACT}', MESSAGE = obmen_words; END IF;`
  const body = `
    #variable_conflict use_column
    DECLARE
      obmen_row text[];
      obmen_nth integer := 0;
      obmen_count bigint;
      obmen_words text;
      obmen_outcomes text[] := '{}';
    BEGIN
      FOREACH obmen_row SLICE 1 IN ARRAY current_setting('${ROWS}')::text[] LOOP
        obmen_nth := obmen_nth + 1;
        BEGIN
          ${check}
          ${statement};
          GET DIAGNOSTICS obmen_count = ROW_COUNT;
          IF obmen_count <> 1 THEN RAISE EXCEPTION USING ERRCODE = '${PASSED_OVER}'; END IF;
        EXCEPTION WHEN OTHERS THEN
          IF SQLSTATE NOT IN ('${INEXACT}', '${PASSED_OVER}') AND SQLSTATE !~ ${quoteText(REFUSALS.source)} THEN RAISE; END IF;
          obmen_outcomes := array_append(obmen_outcomes, obmen_nth || ' ' || SQLSTATE || ' ' || SQLERRM);
        END;
      END LOOP;
      PERFORM set_config('${ROWS}', '', true), set_config('${OUTCOMES}', obmen_outcomes::text, true);
    END`
  return `DO ${quoteText(body)}`
}

function parseOutcome(text: string): Outcome {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  return {
    nth: Number(text.slice(0, first)),
    state: text.slice(first + 1, second),
    words: text.slice(second + 1),
  }
}

function reasonOf({ inexactReason }: Trial, words: string): string {
  const end = words.indexOf(' ')
  return inexactReason(Number(words.slice(0, end)), words.slice(end + 1))
}
