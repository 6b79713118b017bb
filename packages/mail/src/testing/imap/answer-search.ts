import { UidSet } from '../../imap/number-set.ts'
import type { NumberedLetter } from './open-mailbox.ts'
import { line } from './response-writer.ts'

export interface SearchAnswerOptions {
  readonly tag: string
  readonly isByUid: boolean
  /** `undefined`: the answer is that of revision 1. */
  readonly returned: ReadonlySet<string> | undefined
  /** Whether a criterion was what the mailbox had counted to (RFC 7162 §3.1.5). */
  readonly tellsModSeq: boolean
}

/** SEARCH or ESEARCH (RFC 9051 §7.3.4, RFC 4731). */
export function answerSearch(
  found: readonly NumberedLetter[],
  { tag, isByUid, returned, tellsModSeq }: SearchAnswerOptions,
): readonly Uint8Array[] {
  const numbers = found.map(({ number, letter }) => (isByUid ? letter.uid : number))
  const highest = found.reduce((modSeq, { letter }) => Math.max(modSeq, letter.modSeq), 0)
  const hasModSeq = tellsModSeq && found.length > 0
  if (returned === undefined) {
    const modSeq = hasModSeq ? ` (MODSEQ ${highest})` : ''
    return [line(`* SEARCH${numbers.map((number) => ` ${number}`).join('')}${modSeq}`)]
  }
  // RFC 5182 §2.1: what is only to be remembered is not told.
  if (returned.size === 1 && returned.has('SAVE')) return []
  const words = [`* ESEARCH (TAG "${tag}")`]
  if (isByUid) words.push('UID')
  const [first] = numbers
  if (returned.has('MIN') && first !== undefined) words.push(`MIN ${first}`)
  if (returned.has('MAX') && first !== undefined) words.push(`MAX ${numbers.at(-1)}`)
  if (returned.has('ALL') && first !== undefined) words.push(`ALL ${UidSet.of(numbers).toString()}`)
  if (returned.has('COUNT')) words.push(`COUNT ${numbers.length}`)
  if (hasModSeq) words.push(`MODSEQ ${highest}`)
  return [line(words.join(' '))]
}

/** What `$` stands for afterwards (RFC 5182 §2.1): with MIN and MAX alone, the letters that these are. */
export function savedOf(
  found: readonly NumberedLetter[],
  returned: ReadonlySet<string>,
): readonly number[] {
  const uids = found.map(({ letter }) => letter.uid)
  const isWhole = returned.has('ALL') || returned.has('COUNT')
  const ends = [
    ...(returned.has('MIN') ? uids.slice(0, 1) : []),
    ...(returned.has('MAX') ? uids.slice(-1) : []),
  ]
  return isWhole || ends.length === 0 ? uids : [...new Set(ends)]
}
