/** The state of a node as rows of `obmen_node`, `obmen_sent` and `obmen_received`. */
import { toMessageNo } from '../../plan/message-no.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { MessageIdentity, NodeState, SentMessage } from '../../plan/node-state.ts'
import { formatStanding, parseStanding } from '../standing-text.ts'
import { formatContent, parseContent } from '../content-text.ts'
import { formatFormer, parseFormer } from '../former-text.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

export function readNodeCodes(database: SqliteDatabase): NodeCode[] {
  const codes = new Query(database, 'SELECT code FROM obmen_node ORDER BY code')
  return codes.all().map(([code]) => parseNodeCode(toText(code)))
}

export function readNodes(database: SqliteDatabase): NodeState[] {
  const nodes = readNodeCodes(database).map((code) => readNode(database, code))
  return nodes.filter((node) => node !== undefined)
}

export function readNode(database: SqliteDatabase, code: NodeCode): NodeState | undefined {
  const row = new Query(
    database,
    `SELECT epoch_counter, epoch_random, sent_no, acknowledged_no, acknowledged_seq, offered_seq,
            received_no, owes_acknowledgement, gap_before, told_refused, standing, former, acknowledged_uuid,
            received_seq
       FROM obmen_node WHERE code = ?`,
  ).first(code)
  if (row === undefined) return undefined
  const toldRefused = toNumber(row[9])
  const standing = parseStanding(toText(row[10]))
  const acknowledgedUuid = toText(row[12])
  const receivedSeq = toNumber(row[13])
  return {
    code,
    epoch: { counter: toNumber(row[0]), random: toText(row[1]) },
    sentNo: toMessageNo(toNumber(row[2])),
    acknowledgedNo: toMessageNo(toNumber(row[3])),
    ...(acknowledgedUuid !== '' && { acknowledgedUuid }),
    acknowledgedSeq: toNumber(row[4]),
    offeredSeq: toNumber(row[5]),
    unacknowledged: readSent(database, code),
    receivedNo: toMessageNo(toNumber(row[6])),
    ...(receivedSeq > 0 && { receivedSeq }),
    received: readReceived(database, code),
    owesAcknowledgement: toNumber(row[7]) === 1,
    gapBefore: toMessageNo(toNumber(row[8])),
    ...(toldRefused > 0 && { toldRefused }),
    ...(standing !== undefined && { standing }),
    ...parseFormer(toText(row[11])),
  }
}

function readSent(database: SqliteDatabase, code: NodeCode): SentMessage[] {
  const sent = new Query(
    database,
    `SELECT message_no, uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded, content
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
    ...parseContent(row[9]),
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

/** Writes a state. Messages that are as `before` says are not written again: there may be hundreds, and one has changed. */
export function writeNode(database: SqliteDatabase, node: NodeState, before?: NodeState): void {
  new Query(
    database,
    'INSERT OR REPLACE INTO obmen_node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    node.code,
    BigInt(node.epoch.counter),
    node.epoch.random,
    BigInt(node.sentNo),
    BigInt(node.acknowledgedNo),
    node.acknowledgedUuid ?? '',
    BigInt(node.acknowledgedSeq),
    BigInt(node.offeredSeq),
    BigInt(node.receivedNo),
    BigInt(node.receivedSeq ?? 0),
    node.owesAcknowledgement ? 1n : 0n,
    BigInt(node.gapBefore),
    BigInt(node.toldRefused ?? 0),
    formatStanding(node.standing),
    formatFormer(node),
  )
  if (before === undefined) deleteMessages(database, node.code)
  writeSent(database, node, before?.unacknowledged ?? [])
  writeReceived(database, node, before?.received ?? [])
}

function writeSent(
  database: SqliteDatabase,
  { code, unacknowledged }: NodeState,
  before: readonly SentMessage[],
): void {
  if (unacknowledged === before) return
  const unchanged = new Set(before)
  const numbers = new Set(unacknowledged.map(({ messageNo }) => messageNo))
  const remove = new Query(database, 'DELETE FROM obmen_sent WHERE node = ? AND message_no = ?')
  for (const { messageNo } of before)
    if (!numbers.has(messageNo)) remove.run(code, BigInt(messageNo))
  const write = new Query(
    database,
    'INSERT OR REPLACE INTO obmen_sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for (const message of unacknowledged) {
    if (unchanged.has(message)) continue
    write.run(
      code,
      BigInt(message.messageNo),
      message.uuid,
      BigInt(message.baseNo),
      BigInt(message.throughSeq),
      BigInt(message.rowCount),
      BigInt(message.sizeOctets),
      BigInt(message.writtenAt),
      message.delivered ? 1n : 0n,
      message.superseded ? 1n : 0n,
      formatContent(message),
    )
  }
}

function writeReceived(
  database: SqliteDatabase,
  { code, received }: NodeState,
  before: readonly MessageIdentity[],
): void {
  if (received === before) return
  const known = new Map(before.map(({ messageNo, uuid }) => [messageNo, uuid]))
  const numbers = new Set(received.map(({ messageNo }) => messageNo))
  const remove = new Query(database, 'DELETE FROM obmen_received WHERE node = ? AND message_no = ?')
  for (const messageNo of known.keys())
    if (!numbers.has(messageNo)) remove.run(code, BigInt(messageNo))
  const write = new Query(database, 'INSERT OR REPLACE INTO obmen_received VALUES (?, ?, ?)')
  for (const { messageNo, uuid } of received) {
    if (known.get(messageNo) !== uuid) write.run(code, BigInt(messageNo), uuid)
  }
}

export function deleteNode(database: SqliteDatabase, code: NodeCode): void {
  deleteMessages(database, code)
  for (const table of ['obmen_refused_there', 'obmen_difference']) {
    new Query(database, `DELETE FROM ${table} WHERE node = ?`).run(code)
  }
  new Query(database, 'DELETE FROM obmen_node WHERE code = ?').run(code)
}

function deleteMessages(database: SqliteDatabase, code: NodeCode): void {
  for (const table of ['obmen_sent', 'obmen_received']) {
    new Query(database, `DELETE FROM ${table} WHERE node = ?`).run(code)
  }
}
