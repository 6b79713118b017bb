import type { Epoch } from '../plan/epoch.ts'
import { parsePlanName } from '../plan/exchange-plan.ts'
import {
  cutForPeer,
  type FormerReception,
  MAX_NAMED_ROWS,
  type MessageHeader,
  type RowsThrough,
  type SetAside,
  type SetAsideRow,
} from '../plan/message-header.ts'
import { NO_MESSAGE, toMessageNo } from '../plan/message-no.ts'
import { parseNodeCode } from '../plan/node-code.ts'
import type { MessageIdentity } from '../plan/node-state.ts'
import { isArray } from './json.ts'
import { formatChosen, readAllChosen } from './chosen-lines.ts'
import { formatKeyGrant, formatKeyReport, readKeyGrants, readKeyReports } from './key-lines.ts'
import { MessageDamaged, MessageTooNew } from './errors.ts'

/** The number of this format. It grows when a reader of the format before would misunderstand a message. */
export const MESSAGE_FORMAT = 1

/** Formats a message's header as the first line of its body, without the line end. */
export function formatHeaderLine(header: MessageHeader): string {
  return JSON.stringify({
    obmen: MESSAGE_FORMAT,
    plan: header.plan,
    from: header.from,
    to: header.to,
    epoch: [header.epoch.counter, header.epoch.random],
    messageNo: header.messageNo,
    uuid: header.uuid,
    baseNo: header.baseNo,
    predecessors: header.predecessors.map(formatIdentity),
    ...(header.acknowledges && { acknowledges: formatIdentity(header.acknowledges) }),
    ...(header.receivedSeq !== undefined && { received: header.receivedSeq }),
    ...(header.gapBefore && { gapBefore: header.gapBefore }),
    ...(header.throughSeq !== undefined && { through: header.throughSeq }),
    ...(header.toldBefore && { told: header.toldBefore.map(formatRowsThrough) }),
    ...(header.hasMore && { more: true }),
    ...(header.lives && { lives: header.lives }),
    ...(header.isTwice && { twice: true }),
    ...(header.setAside && { setAside: formatSetAside(header.setAside) }),
    ...(header.keyReports && { keys: header.keyReports.map(formatKeyReport) }),
    ...(header.keyGrants && { blocks: header.keyGrants.map(formatKeyGrant) }),
    ...(header.former && { former: formatFormer(header.former) }),
    ...(header.resolutions && { resolved: header.resolutions.map(formatChosen) }),
    writtenAt: header.writtenAt,
  })
}

function formatFormer({ epoch, receivedNo }: FormerReception): readonly [number, string, number] {
  return [epoch.counter, epoch.random, receivedNo]
}

function formatIdentity({ messageNo, uuid }: MessageIdentity): readonly [number, string] {
  return [messageNo, uuid]
}

function formatRowsThrough({ throughSeq, rowCount }: RowsThrough): readonly [number, number] {
  return [throughSeq, rowCount]
}

function formatSetAside({ rowCount, rows }: SetAside): readonly [number, ...string[][]] {
  return [rowCount, ...rows.map(({ table, key, reason }) => [table, key, reason])]
}

/** Reads a header line. Throws {@link MessageDamaged}, or {@link MessageTooNew} for a format of a later version. */
export function parseHeaderLine(text: string): MessageHeader {
  const json = parseObject(text)
  const format = readNumber(json, 'obmen')
  if (format > MESSAGE_FORMAT) throw new MessageTooNew(format, MESSAGE_FORMAT)
  const acknowledges = json.get('acknowledges')
  const gapBefore = json.get('gapBefore')
  const keyReports = readKeyReports(json.get('keys'))
  const former = readFormer(json.get('former'))
  const resolutions = readAllChosen(json.get('resolved'))
  const keyGrants = readKeyGrants(json.get('blocks'))
  const header: MessageHeader = {
    plan: readName(json, 'plan', parsePlanName),
    from: readName(json, 'from', parseNodeCode),
    to: readName(json, 'to', parseNodeCode),
    epoch: readEpoch(json.get('epoch')),
    messageNo: toMessageNo(readNumber(json, 'messageNo')),
    uuid: readUuid(json.get('uuid')),
    baseNo: toMessageNo(readNumber(json, 'baseNo')),
    predecessors: readIdentities(json.get('predecessors')),
    ...(acknowledges !== undefined && { acknowledges: readIdentity(acknowledges) }),
    ...(json.has('received') && { receivedSeq: readNumber(json, 'received') }),
    ...(gapBefore !== undefined && { gapBefore: toMessageNo(readNumber(json, 'gapBefore')) }),
    ...(json.has('through') && { throughSeq: readNumber(json, 'through') }),
    ...readToldBefore(json.get('told')),
    ...(json.get('more') === true && { hasMore: true }),
    ...readLives(json.get('lives')),
    ...(json.get('twice') === true && { isTwice: true }),
    ...readSetAside(json.get('setAside')),
    ...(keyReports && { keyReports }),
    ...(keyGrants && { keyGrants }),
    ...(former && { former }),
    ...(resolutions && { resolutions }),
    writtenAt: readNumber(json, 'writtenAt'),
  }
  const precedes = (no: number): boolean => no < header.messageNo
  if (!precedes(header.baseNo) || !header.predecessors.every((sent) => precedes(sent.messageNo))) {
    throw new MessageDamaged('its header names messages after it as before it')
  }
  return header
}

function parseObject(text: string): ReadonlyMap<string, unknown> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null) return new Map(Object.entries(json))
  } catch (error) {
    throw new MessageDamaged('its header is not JSON', { cause: error })
  }
  throw new MessageDamaged('its header is not a JSON object')
}

function readText(json: ReadonlyMap<string, unknown>, name: string): string {
  const value = json.get(name)
  if (typeof value !== 'string') throw new MessageDamaged(`its header has no ${name}`)
  return value
}

function readName<Name>(
  json: ReadonlyMap<string, unknown>,
  name: string,
  parse: (text: string) => Name,
): Name {
  const text = readText(json, name)
  try {
    return parse(text)
  } catch (error) {
    throw new MessageDamaged(`its header has no ${name}`, { cause: error })
  }
}

function readNumber(json: ReadonlyMap<string, unknown>, name: string): number {
  const value = json.get(name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MessageDamaged(`its header has no ${name}`)
  }
  return value
}

function readEpoch(json: unknown): Epoch {
  if (isArray(json)) {
    const [counter, random] = json
    if (
      typeof counter === 'number' &&
      Number.isSafeInteger(counter) &&
      counter > 0 &&
      isName(random)
    ) {
      return { counter, random }
    }
  }
  throw new MessageDamaged('its header has no epoch')
}

function readFormer(json: unknown): FormerReception | undefined {
  if (json === undefined) return undefined
  const [receivedNo] = isArray(json) ? json.slice(2) : []
  if (typeof receivedNo !== 'number' || !Number.isSafeInteger(receivedNo) || receivedNo < 0) {
    throw new MessageDamaged('its header has no former')
  }
  return { epoch: readEpoch(json), receivedNo: toMessageNo(receivedNo) }
}

function readIdentities(json: unknown): MessageIdentity[] {
  if (!isArray(json)) throw new MessageDamaged('its header has no predecessors')
  return json.slice(-MAX_PREDECESSORS).map(readIdentity)
}

/** More than a receiver remembers. */
const MAX_PREDECESSORS = 1000

/** What stands for one message, epoch or life: a UUID, or a part of one. */
const MAX_NAME_LENGTH = 100

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME_LENGTH
}

function readUuid(json: unknown): string {
  if (!isName(json)) throw new MessageDamaged('its header has no uuid')
  return json
}

function readIdentity(json: unknown): MessageIdentity {
  if (isArray(json)) {
    const [messageNo, uuid] = json
    if (typeof messageNo === 'number' && isName(uuid)) {
      if (Number.isSafeInteger(messageNo) && messageNo > NO_MESSAGE) {
        return { messageNo: toMessageNo(messageNo), uuid }
      }
    }
  }
  throw new MessageDamaged('its header names a message without number or uuid')
}

/** More than any sender names: what a reader keeps of a stranger's header is bounded. */
const MAX_LIVES = 64

function readLives(json: unknown): Pick<MessageHeader, 'lives'> {
  if (json === undefined) return {}
  const lives = isArray(json) ? json.filter(isName) : []
  if (!isArray(json) || lives.length < json.length || lives.length > MAX_LIVES) {
    throw new MessageDamaged('its header has no lives')
  }
  return { lives }
}

/** More than the messages that any sender keeps in flight. */
const MAX_TOLD_BEFORE = 1000

function readToldBefore(json: unknown): Pick<MessageHeader, 'toldBefore'> {
  if (json === undefined) return {}
  if (!isArray(json)) throw new MessageDamaged('its header does not say what was told before')
  return { toldBefore: json.slice(-MAX_TOLD_BEFORE).map(readRowsThrough) }
}

function readRowsThrough(json: unknown): RowsThrough {
  const [throughSeq, rowCount] = isArray(json) ? json : []
  if (isCount(throughSeq) && isCount(rowCount)) return { throughSeq, rowCount }
  throw new MessageDamaged('its header does not say what was told before')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function readSetAside(json: unknown): Pick<MessageHeader, 'setAside'> {
  if (json === undefined) return {}
  const [rowCount, ...rows] = isArray(json) ? json : []
  if (typeof rowCount !== 'number' || !Number.isSafeInteger(rowCount) || rowCount < rows.length) {
    throw new MessageDamaged('its header names no rows that were set aside')
  }
  return { setAside: { rowCount, rows: rows.slice(0, MAX_NAMED_ROWS).map(readSetAsideRow) } }
}

function readSetAsideRow(json: unknown): SetAsideRow {
  const [table, key, reason] = isArray(json) ? json : []
  if (typeof table === 'string' && typeof key === 'string' && typeof reason === 'string') {
    return cutForPeer({ table, key, reason })
  }
  throw new MessageDamaged('its header names no rows that were set aside')
}
