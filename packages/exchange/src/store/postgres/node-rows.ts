/** The state of a node as rows of `obmen.nodes`, `obmen.sent` and `obmen.received`. */
import { toMessageNo } from '../../plan/message-no.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { MessageIdentity, NodeState, SentMessage } from '../../plan/node-state.ts'
import { type Connection, type SqlRow, toBoolean, toNumber, toText } from './postgres-database.ts'

export async function readNodeCodes(connection: Connection): Promise<NodeCode[]> {
  const codes = await connection.all('SELECT code FROM obmen.nodes ORDER BY code')
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

const NODES = `
  SELECT code, epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_seq, offered_seq,
         received_no, owes_acknowledgement, gap_before
    FROM obmen.nodes`

const SENT = `
  SELECT node, message_no, uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded
    FROM obmen.sent`

const RECEIVED = 'SELECT node, message_no, uuid FROM obmen.received'

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
  return {
    code: parseNodeCode(toText(row[0])),
    epoch: { counter: toNumber(row[1]), random: toText(row[2]) },
    sentNo: toMessageNo(toNumber(row[3])),
    acknowledgedNo: toMessageNo(toNumber(row[4])),
    acknowledgedSeq: toNumber(row[5]),
    offeredSeq: toNumber(row[6]),
    unacknowledged: sent.map(toSentMessage),
    receivedNo: toMessageNo(toNumber(row[7])),
    received: received.map(toIdentity),
    owesAcknowledgement: toBoolean(row[8]),
    gapBefore: toMessageNo(toNumber(row[9])),
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
  }
}

function toIdentity([, messageNo, uuid]: SqlRow): MessageIdentity {
  return { messageNo: toMessageNo(toNumber(messageNo)), uuid: toText(uuid) }
}

/** Writes the whole state: a window of messages at most, so what is unchanged may be written again. */
export async function writeNode(connection: Connection, node: NodeState): Promise<void> {
  await connection.run(
    `INSERT INTO obmen.nodes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (code) DO UPDATE SET
       (epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_seq, offered_seq, received_no,
        owes_acknowledgement, gap_before) =
       (excluded.epoch_counter, excluded.epoch_random, excluded.sent_no, excluded.acknowledged_no,
        excluded.acknowledged_seq, excluded.offered_seq, excluded.received_no, excluded.owes_acknowledgement,
        excluded.gap_before)`,
    node.code,
    node.epoch.counter,
    node.epoch.random,
    node.sentNo,
    node.acknowledgedNo,
    node.acknowledgedSeq,
    node.offeredSeq,
    node.receivedNo,
    String(node.owesAcknowledgement),
    node.gapBefore,
  )
  await writeSent(connection, node)
  await writeReceived(connection, node)
}

async function writeSent(connection: Connection, node: NodeState): Promise<void> {
  await connection.run('DELETE FROM obmen.sent WHERE node = $1', node.code)
  for (const message of node.unacknowledged) {
    await connection.run(
      'INSERT INTO obmen.sent VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      node.code,
      message.messageNo,
      message.uuid,
      message.baseNo,
      message.throughSeq,
      message.rowCount,
      message.sizeOctets,
      message.writtenAt,
      String(message.delivered),
      String(message.superseded),
    )
  }
}

async function writeReceived(connection: Connection, node: NodeState): Promise<void> {
  await connection.run('DELETE FROM obmen.received WHERE node = $1', node.code)
  if (node.received.length === 0) return
  const rows = node.received.map((_, index) => `($1, $${2 * index + 2}, $${2 * index + 3})`)
  await connection.run(
    `INSERT INTO obmen.received VALUES ${rows.join(', ')}`,
    node.code,
    ...node.received.flatMap(({ messageNo, uuid }) => [messageNo, uuid]),
  )
}

/** Everything else that is kept of a node goes with it. */
export async function deleteNode(connection: Connection, code: NodeCode): Promise<void> {
  await connection.run('DELETE FROM obmen.nodes WHERE code = $1', code)
}
