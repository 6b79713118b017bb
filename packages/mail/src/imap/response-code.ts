import { isLetterNumber, UidSet } from './number-set.ts'
import type { ResponseReader } from './response-reader.ts'

/**
 * Names of response codes that say why a command was refused, in upper case (RFC 9051 §7.1, RFC 5530). Servers send others, so the type is open.
 */
export type ImapResponseCode =
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'AUTHORIZATIONFAILED'
  | 'BADCHARSET'
  | 'CANNOT'
  | 'CONTACTADMIN'
  | 'EXPIRED'
  | 'INUSE'
  | 'LIMIT'
  | 'NONEXISTENT'
  | 'NOPERM'
  | 'OVERQUOTA'
  | 'PRIVACYREQUIRED'
  | 'SERVERBUG'
  | 'TOOBIG'
  | 'TRYCREATE'
  | 'UNAVAILABLE'
  | (string & {})

/** What stands in the brackets of a status response. The fields are those of the codes that have something to say beside their name. */
export interface ResponseCode {
  readonly name: ImapResponseCode
  /** What follows the name, as the server wrote it. */
  readonly text: string
  /** `CAPABILITY`. */
  readonly capabilities?: readonly string[]
  /** `PERMANENTFLAGS`. */
  readonly flags?: readonly string[]
  /** `UIDVALIDITY`, `UIDNEXT`, `UNSEEN`, and the first number of `APPENDUID` and `COPYUID`. */
  readonly number?: number
  /** `HIGHESTMODSEQ`. */
  readonly modSeq?: bigint
  /** `APPENDUID` and the source of `COPYUID` (RFC 4315 §3). */
  readonly uids?: UidSet
  /** The target of `COPYUID`, as written: its order answers to the source. */
  readonly targetUids?: UidSet
}

const MODIFIED_SEQUENCE = /^\d{1,19}$/

/** Reads what is between the brackets, the closing one too. A code that is not formed like itself has only its name and text. */
export function readResponseCode(reader: ResponseReader): ResponseCode {
  const name = reader.keyword()
  reader.skipSpaces()
  const text = reader.upTo(']')
  reader.expect(']')
  return { name, text, ...fieldsOf(name, text) }
}

function fieldsOf(name: string, text: string): Partial<ResponseCode> {
  switch (name) {
    case 'CAPABILITY':
      return { capabilities: wordsOf(text) }
    case 'PERMANENTFLAGS':
      return { flags: wordsOf(text.replace(/^\(|\)$/g, '')) }
    case 'UIDNEXT':
      return isLetterNumber(Number(text)) ? numberOf(text) : {}
    case 'UIDVALIDITY':
    case 'UNSEEN':
      return numberOf(text)
    case 'HIGHESTMODSEQ':
      return MODIFIED_SEQUENCE.test(text) ? { modSeq: BigInt(text) } : {}
    case 'APPENDUID':
    case 'COPYUID':
      return uidsOf(text)
    default:
      return {}
  }
}

function wordsOf(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '')
}

function numberOf(text: string): Partial<ResponseCode> {
  return /^\d{1,10}$/.test(text) ? { number: Number(text) } : {}
}

function uidsOf(text: string): Partial<ResponseCode> {
  const [validity = '', sourceText = '', targetText] = wordsOf(text)
  const uids = UidSet.parse(sourceText)
  if (uids === undefined) return {}
  const targetUids = targetText === undefined ? undefined : UidSet.parse(targetText)
  return { ...numberOf(validity), uids, ...(targetUids === undefined ? {} : { targetUids }) }
}
