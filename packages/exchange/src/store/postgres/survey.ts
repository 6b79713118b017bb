import { bodiesOf } from '../content-text.ts'
import { parseNodeCode, type NodeCode } from '../../plan/node-code.ts'
import type { Survey, SurveyRequest } from '../change-store.ts'
import { isNewDay } from './deletions.ts'
import { hasUnfolded } from './fold.ts'
import { readHeadSeq, readMetaValue } from './meta.ts'
import { type Connection, toText } from './postgres-database.ts'
import { describeConditions } from '../table-rules.ts'
import type { RuledTable } from './ruled-table.ts'
import { readStopped, withoutStopped } from '../stopped-nodes.ts'
import { readToTell } from '../set-aside-rows.ts'
import { bookkeepingOf } from './bookkeeping.ts'

/** What there is to do. Reads of everything but the nodes only what an index leads to. */
export async function survey(
  connection: Connection,
  tables: readonly RuledTable[],
  request: SurveyRequest,
): Promise<Survey> {
  const headSeq = await readHeadSeq(connection)
  const bookkeeping = bookkeepingOf(connection)
  const stopped = await readStopped(bookkeeping)
  const codes = await connection.all('SELECT code FROM obmen_exchange.nodes ORDER BY code')
  const areSharesOld = (await readMetaValue(connection, 'shares')) !== describeConditions(tables)
  const instance = await readMetaValue(connection, 'instance')
  const unsent = await connection.first('SELECT 1 FROM obmen_exchange.unsent LIMIT 1')
  const refused = await connection.first('SELECT 1 FROM obmen_exchange.refused LIMIT 1')
  return {
    headSeq,
    hasUnfolded: areSharesOld || (await hasUnfolded(connection, tables)),
    nodes: codes.map(([code]) => parseNodeCode(toText(code))),
    toServe: await withoutStopped(
      bookkeeping,
      await readToServe(connection, headSeq, request),
      stopped,
    ),
    bodies: await readBodies(connection),
    hasUnsent: unsent !== undefined,
    isNewDay: await isNewDay(connection, request.nowMs),
    stopped,
    hasRefused: refused !== undefined,
    toTell: await readToTell(bookkeeping),
    instance: instance === '' ? undefined : instance,
    hasKeyBlocks: tables.some(({ keyBlocks }) => keyBlocks !== undefined),
  }
}

const IN_FLIGHT =
  'SELECT node FROM obmen_exchange.sent WHERE NOT superseded AND delivered AND row_count > 0'

const TO_SERVE = `
  SELECT code FROM obmen_exchange.nodes WHERE offered_seq < $1::bigint OR owes_acknowledgement
   UNION
  SELECT node FROM obmen_exchange.sent WHERE NOT superseded AND NOT delivered
   UNION
  ${IN_FLIGHT} AND written_at <= $2::bigint
   UNION
  ${IN_FLIGHT} AND written_at >= $3::bigint
   ORDER BY 1`

async function readToServe(
  connection: Connection,
  headSeq: number,
  { nowMs, resendAfterMs }: SurveyRequest,
): Promise<NodeCode[]> {
  const codes = await connection.all(
    TO_SERVE,
    headSeq,
    nowMs - resendAfterMs,
    nowMs + resendAfterMs,
  )
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

/** Only what is not delivered has a content, so this reads little. */
async function readBodies(connection: Connection): Promise<string[]> {
  const contents = await connection.all(
    'SELECT content FROM obmen_exchange.sent WHERE NOT superseded AND NOT delivered',
  )
  return bodiesOf(contents.map(([content]) => content))
}
