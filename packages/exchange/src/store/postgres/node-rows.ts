/** The state of a node as rows of `obmen_exchange.nodes`, `obmen_exchange.sent` and `obmen_exchange.received`. */
import { toMessageNo } from '../../plan/message-no.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { formatContent, parseContent } from '../content-text.ts'
import { formatFormer, parseFormer } from '../former-text.ts'
import type { MessageIdentity, NodeState, SentMessage } from '../../plan/node-state.ts'
import { formatStanding, parseStanding } from '../standing-text.ts'
import {
  type Connection,
  type SqlRow,
  toArray,
  toBoolean,
  toNumber,
  toText,
} from './postgres-database.ts'

export async function readNodeCodes(connection: Connection): Promise<NodeCode[]> {
  const codes = await connection.all('SELECT code FROM obmen_exchange.nodes ORDER BY code')
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

const NODES = `
  SELECT code, epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_seq, offered_seq,
         received_no, owes_acknowledgement, gap_before, told_refused, standing, former, acknowledged_uuid,
         received_seq
    FROM obmen_exchange.nodes`

const SENT = `
  SELECT node, message_no, uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded, content
    FROM obmen_exchange.sent`

const RECEIVED = 'SELECT node, message_no, uuid FROM obmen_exchange.received'

/** Every node, in three statements however many there are. */
export async function readNodes(connection: Connection): Promise<NodeState[]> {
  const nodes = await connection.all(`${NODES} ORDER BY code`)
  const sent = groupByNode(await connection.all(`${SENT} ORDER BY node, message_no`))
  const received = groupByNode(await connection.all(`${RECEIVED} ORDER BY node, message_no`))
  return nodes.map((node) => {
    const code = toText(node[0])
    return toNodeState(node, sent.get(code) ?? [], received.get(code) ?? [])
  })
}

export async function readNode(
  connection: Connection,
  code: NodeCode,
): Promise<NodeState | undefined> {
  const node = await connection.first(`${NODES} WHERE code = $1`, code)
  if (node === undefined) return undefined
  const sent = await connection.all(`${SENT} WHERE node = $1 ORDER BY message_no`, code)
  const received = await connection.all(`${RECEIVED} WHERE node = $1 ORDER BY message_no`, code)
  return toNodeState(node, sent, received)
}

function groupByNode(rows: readonly SqlRow[]): ReadonlyMap<string, SqlRow[]> {
  return Map.groupBy(rows, ([node]) => toText(node))
}

function toNodeState(row: SqlRow, sent: readonly SqlRow[], received: readonly SqlRow[]): NodeState {
  const toldRefused = toNumber(row[10])
  const standing = parseStanding(toText(row[11]))
  const acknowledgedUuid = toText(row[13])
  const receivedSeq = toNumber(row[14])
  return {
    code: parseNodeCode(toText(row[0])),
    epoch: { counter: toNumber(row[1]), random: toText(row[2]) },
    sentNo: toMessageNo(toNumber(row[3])),
    acknowledgedNo: toMessageNo(toNumber(row[4])),
    ...(acknowledgedUuid !== '' && { acknowledgedUuid }),
    acknowledgedSeq: toNumber(row[5]),
    offeredSeq: toNumber(row[6]),
    unacknowledged: sent.map(toSentMessage),
    receivedNo: toMessageNo(toNumber(row[7])),
    ...(receivedSeq > 0 && { receivedSeq }),
    received: received.map(toIdentity),
    owesAcknowledgement: toBoolean(row[8]),
    gapBefore: toMessageNo(toNumber(row[9])),
    ...(toldRefused > 0 && { toldRefused }),
    ...(standing !== undefined && { standing }),
    ...parseFormer(toText(row[12])),
  }
}

function toSentMessage(row: SqlRow): SentMessage {
  return {
    ...toIdentity(row),
    baseNo: toMessageNo(toNumber(row[3])),
    throughSeq: toNumber(row[4]),
    rowCount: toNumber(row[5]),
    sizeOctets: toNumber(row[6]),
    writtenAt: toNumber(row[7]),
    delivered: toBoolean(row[8]),
    superseded: toBoolean(row[9]),
    ...parseContent(row[10]),
  }
}

function toIdentity([, messageNo, uuid]: SqlRow): MessageIdentity {
  return { messageNo: toMessageNo(toNumber(messageNo)), uuid: toText(uuid) }
}

/** Writes a state. Messages that are as `before` says are not written again: there may be hundreds, and one has changed. */
export async function writeNode(
  connection: Connection,
  node: NodeState,
  before?: NodeState,
): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.nodes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (code) DO UPDATE SET
       (epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_uuid, acknowledged_seq, offered_seq, received_no,
        received_seq, owes_acknowledgement, gap_before, told_refused, standing, former) =
       (excluded.epoch_counter, excluded.epoch_random, excluded.sent_no, excluded.acknowledged_no,
        excluded.acknowledged_uuid, excluded.acknowledged_seq, excluded.offered_seq, excluded.received_no, excluded.received_seq, excluded.owes_acknowledgement,
        excluded.gap_before, excluded.told_refused, excluded.standing, excluded.former)`,
    node.code,
    node.epoch.counter,
    node.epoch.random,
    node.sentNo,
    node.acknowledgedNo,
    node.acknowledgedUuid ?? '',
    node.acknowledgedSeq,
    node.offeredSeq,
    node.receivedNo,
    node.receivedSeq ?? 0,
    String(node.owesAcknowledgement),
    node.gapBefore,
    node.toldRefused ?? 0,
    formatStanding(node.standing),
    formatFormer(node),
  )
  if (before === undefined) await deleteMessages(connection, node.code)
  await writeSent(connection, node, before?.unacknowledged ?? [])
  await writeReceived(connection, node, before?.received ?? [])
}

async function writeSent(
  connection: Connection,
  { code, unacknowledged }: NodeState,
  before: readonly SentMessage[],
): Promise<void> {
  if (unacknowledged === before) return
  const unchanged = new Set(before)
  const numbers = new Set(unacknowledged.map(({ messageNo }) => messageNo))
  const gone = before.filter(({ messageNo }) => !numbers.has(messageNo))
  await removeMessages(connection, { table: 'obmen_exchange.sent', code, gone })
  for (const message of unacknowledged) {
    if (!unchanged.has(message)) await writeSentMessage(connection, code, message)
  }
}

async function writeSentMessage(
  connection: Connection,
  code: NodeCode,
  message: SentMessage,
): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.sent VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (node, message_no) DO UPDATE SET
       (uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded, content) =
       (excluded.uuid, excluded.base_no, excluded.through_seq, excluded.row_count, excluded.size_octets,
        excluded.written_at, excluded.delivered, excluded.superseded, excluded.content)`,
    code,
    message.messageNo,
    message.uuid,
    message.baseNo,
    message.throughSeq,
    message.rowCount,
    message.sizeOctets,
    message.writtenAt,
    String(message.delivered),
    String(message.superseded),
    formatContent(message),
  )
}

async function writeReceived(
  connection: Connection,
  { code, received }: NodeState,
  before: readonly MessageIdentity[],
): Promise<void> {
  if (received === before) return
  const known = new Map(before.map(({ messageNo, uuid }) => [messageNo, uuid]))
  const numbers = new Set(received.map(({ messageNo }) => messageNo))
  const gone = before.filter(({ messageNo }) => !numbers.has(messageNo))
  await removeMessages(connection, { table: 'obmen_exchange.received', code, gone })
  const added = received.filter(({ messageNo, uuid }) => known.get(messageNo) !== uuid)
  if (added.length === 0) return
  await connection.run(
    `INSERT INTO obmen_exchange.received SELECT $1, number, uuid FROM unnest($2::bigint[], $3::text[]) r (number, uuid)
     ON CONFLICT (node, message_no) DO UPDATE SET uuid = excluded.uuid`,
    code,
    toArray(added.map(({ messageNo }) => String(messageNo))),
    toArray(added.map(({ uuid }) => uuid)),
  )
}

async function removeMessages(
  connection: Connection,
  messages: {
    readonly table: 'obmen_exchange.sent' | 'obmen_exchange.received'
    readonly code: NodeCode
    readonly gone: readonly MessageIdentity[]
  },
): Promise<void> {
  const { table, code, gone } = messages
  if (gone.length === 0) return
  await connection.run(
    `DELETE FROM ${table} WHERE node = $1 AND message_no = ANY ($2::bigint[])`,
    code,
    toArray(gone.map(({ messageNo }) => String(messageNo))),
  )
}

async function deleteMessages(connection: Connection, code: NodeCode): Promise<void> {
  for (const table of ['obmen_exchange.sent', 'obmen_exchange.received']) {
    await connection.run(`DELETE FROM ${table} WHERE node = $1`, code)
  }
}

/** Everything else that is kept of a node goes with it. */
export async function deleteNode(connection: Connection, code: NodeCode): Promise<void> {
  await connection.run('DELETE FROM obmen_exchange.nodes WHERE code = $1', code)
}
