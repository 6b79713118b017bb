import { type PlanName, parsePlanName } from '../plan/exchange-plan.ts'
import { type MessageNo, toMessageNo } from '../plan/message-no.ts'
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'

/** The prefix that the admin guide gives to the subject of an exchange letter. A setting; both sides must have the same. */
export const SUBJECT_PREFIX = 'СООБЩЕНИЕ_ОБМЕНА: '

/** What a message's file name says: enough to pick a letter without opening it. */
export interface MessageFileName {
  readonly plan: PlanName
  readonly from: NodeCode
  readonly to: NodeCode
  readonly messageNo: MessageNo
}

/** The layers of the file, outermost last: what opens it is written in its name. */
const EXTENSION = '.ndjson.zst'

/**
 * The name of a message's file, and with the prefix the subject of its letter:
 * `Message_УдаленныеСклады_ЦБ_С01_7.ndjson.zst`.
 */
export function formatFileName({ plan, from, to, messageNo }: MessageFileName): string {
  return `Message_${plan}_${from}_${to}_${messageNo}${EXTENSION}`
}

/**
 * Reads a file name, or gives `undefined` for any that is not one of ours. A plan's name may hold underscores, a code and
 * a number may not, so the name is read from its end.
 */
export function parseFileName(text: string): MessageFileName | undefined {
  const match = /^Message_(.+)_([^_]+)_([^_]+)_([1-9]\d{0,14})\./u.exec(text.normalize('NFC'))
  const [, plan, from, to, messageNo] = match ?? []
  if (plan === undefined || from === undefined || to === undefined) return undefined
  try {
    return {
      plan: parsePlanName(plan),
      from: parseNodeCode(from),
      to: parseNodeCode(to),
      messageNo: toMessageNo(Number(messageNo)),
    }
  } catch {
    return undefined
  }
}

/** The subject of a message's letter. */
export function formatSubject(prefix: string, name: MessageFileName): string {
  return `${prefix}${formatFileName(name)}`
}

/** Reads a subject, or gives `undefined` for any letter that does not carry a message: it is none of our business. */
export function parseSubject(prefix: string, subject: string): MessageFileName | undefined {
  const text = subject.normalize('NFC')
  const begin = prefix.normalize('NFC')
  return text.startsWith(begin) ? parseFileName(text.slice(begin.length).trim()) : undefined
}
