import { bodiesOf } from '../content-text.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { Survey, SurveyRequest } from '../change-store.ts'
import { isNewDay } from './deletions.ts'
import { hasUnfolded } from './fold.ts'
import { readHeadSeq, readMeta } from './meta.ts'
import { describeConditions } from '../table-rules.ts'
import type { RuledTable } from './ruled-table.ts'
import { readStopped, withoutStopped } from '../stopped-nodes.ts'
import { readToTell } from '../set-aside-rows.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'

/** What there is to do. Reads the nodes once, and of everything else only what an index leads to. */
export async function survey(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  request: SurveyRequest,
): Promise<Survey> {
  const headSeq = readHeadSeq(database)
  const bookkeeping = bookkeepingOf(database)
  const stopped = await readStopped(bookkeeping)
  const codes = new Query(database, ALL_NODES).all()
  return {
    headSeq,
    hasUnfolded:
      readMeta(database, 'shares') !== describeConditions(tables) || hasUnfolded(database, tables),
    nodes: codes.map(([code]) => parseNodeCode(toText(code))),
    toServe: await withoutStopped(bookkeeping, readToServe(database, headSeq, request), stopped),
    bodies: readBodies(database),
    hasUnsent: new Query(database, ANY_UNSENT).first()?.[0] !== null,
    isNewDay: isNewDay(database, request.nowMs),
    stopped,
    hasRefused: new Query(database, ANY_REFUSED).first()?.[0] !== null,
    toTell: await readToTell(bookkeeping),
    instance: readMeta(database, 'instance'),
    hasKeyBlocks: tables.some(({ keyBlocks }) => keyBlocks !== undefined),
  }
}

const ALL_NODES = 'SELECT code FROM obmen_node ORDER BY code'

/** The greatest of a key is looked up, where any row would be looked for. */
const ANY_UNSENT = 'SELECT max(seq) FROM obmen_unsent'
const ANY_REFUSED = 'SELECT max(node) FROM obmen_refused'

const TO_SERVE = `
  SELECT code FROM obmen_node WHERE offered_seq < ?1 OR owes_acknowledgement = 1
   UNION
  SELECT node FROM obmen_sent WHERE superseded = 0 AND delivered = 0
   UNION
  SELECT node FROM obmen_sent WHERE superseded = 0 AND delivered = 1 AND row_count > 0 AND written_at <= ?2
   UNION
  SELECT node FROM obmen_sent WHERE superseded = 0 AND delivered = 1 AND row_count > 0 AND written_at >= ?3
   ORDER BY 1`

function readToServe(
  database: SqliteDatabase,
  headSeq: number,
  { nowMs, resendAfterMs }: SurveyRequest,
): NodeCode[] {
  const codes = new Query(database, TO_SERVE).all(
    BigInt(headSeq),
    BigInt(nowMs - resendAfterMs),
    BigInt(nowMs + resendAfterMs),
  )
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

const UNDELIVERED = 'SELECT content FROM obmen_sent WHERE superseded = 0 AND delivered = 0'

/** Only what is not delivered has a content, so this reads little. */
function readBodies(database: SqliteDatabase): string[] {
  return bodiesOf(new Query(database, UNDELIVERED).all().map(([content]) => content))
}
