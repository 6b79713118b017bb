/** The state of a node as rows of `obmen_node`, `obmen_sent` and `obmen_received`. */
import { toMessageNo } from '../../plan/message-no.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { MessageIdentity, NodeState, SentMessage } from '../../plan/node-state.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

export function readNodeCodes(database: SqliteDatabase): NodeCode[] {
  const codes = new Query(database, 'SELECT code FROM obmen_node ORDER BY code')
  return codes.all().map(([code]) => parseNodeCode(toText(code)))
}

export function readNode(database: SqliteDatabase, code: NodeCode): NodeState | undefined {
  const row = new Query(
    database,
    `SELECT epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_seq, offered_seq,
            received_no, owes_acknowledgement, gap_before
       FROM obmen_node WHERE code = ?`,
  ).first(code)
  if (row === undefined) return undefined
  return {
    code,
    epoch: { counter: toNumber(row[0]), random: toText(row[1]) },
    sentNo: toMessageNo(toNumber(row[2])),
    acknowledgedNo: toMessageNo(toNumber(row[3])),
    acknowledgedSeq: toNumber(row[4]),
    offeredSeq: toNumber(row[5]),
    unacknowledged: readSent(database, code),
    receivedNo: toMessageNo(toNumber(row[6])),
    received: readReceived(database, code),
    owesAcknowledgement: toNumber(row[7]) === 1,
    gapBefore: toMessageNo(toNumber(row[8])),
  }
}

function readSent(database: SqliteDatabase, code: NodeCode): SentMessage[] {
  const sent = new Query(
    database,
    `SELECT message_no, uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded
       FROM obmen_sent WHERE node = ? ORDER BY message_no`,
  )
  return sent.all(code).map((row) => ({
    messageNo: toMessageNo(toNumber(row[0])),
    uuid: toText(row[1]),
    baseNo: toMessageNo(toNumber(row[2])),
    throughSeq: toNumber(row[3]),
    rowCount: toNumber(row[4]),
    sizeOctets: toNumber(row[5]),
    writtenAt: toNumber(row[6]),
    delivered: toNumber(row[7]) === 1,
    superseded: toNumber(row[8]) === 1,
  }))
}

function readReceived(database: SqliteDatabase, code: NodeCode): MessageIdentity[] {
  const received = new Query(
    database,
    'SELECT message_no, uuid FROM obmen_received WHERE node = ? ORDER BY message_no',
  )
  return received
    .all(code)
    .map((row) => ({ messageNo: toMessageNo(toNumber(row[0])), uuid: toText(row[1]) }))
}

/** Writes the whole state: a window of messages at most, so what is unchanged may be written again. */
export function writeNode(database: SqliteDatabase, node: NodeState): void {
  deleteNode(database, node.code)
  new Query(database, 'INSERT INTO obmen_node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    node.code,
    BigInt(node.epoch.counter),
    node.epoch.random,
    BigInt(node.sentNo),
    BigInt(node.acknowledgedNo),
    BigInt(node.acknowledgedSeq),
    BigInt(node.offeredSeq),
    BigInt(node.receivedNo),
    node.owesAcknowledgement ? 1n : 0n,
    BigInt(node.gapBefore),
  )
  const sent = new Query(database, 'INSERT INTO obmen_sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const message of node.unacknowledged) {
    sent.run(
      node.code,
      BigInt(message.messageNo),
      message.uuid,
      BigInt(message.baseNo),
      BigInt(message.throughSeq),
      BigInt(message.rowCount),
      BigInt(message.sizeOctets),
      BigInt(message.writtenAt),
      message.delivered ? 1n : 0n,
      message.superseded ? 1n : 0n,
    )
  }
  const received = new Query(database, 'INSERT INTO obmen_received VALUES (?, ?, ?)')
  for (const message of node.received) {
    received.run(node.code, BigInt(message.messageNo), message.uuid)
  }
}

export function deleteNode(database: SqliteDatabase, code: NodeCode): void {
  for (const table of ['obmen_sent', 'obmen_received']) {
    new Query(database, `DELETE FROM ${table} WHERE node = ?`).run(code)
  }
  new Query(database, 'DELETE FROM obmen_node WHERE code = ?').run(code)
}
