import { CanonicalLetter } from '../base/canonical-letter.ts'
import type { CommandContent } from '../imap/channel.ts'

/**
 * A letter to append: composed by this package, octets, or pieces of them. IMAP wants to know the size beforehand: a composed letter whose own is not known is
 * composed twice, once to count.
 */
export type LetterContent = CanonicalLetter | Uint8Array | AsyncIterable<Uint8Array>

/** @throws TypeError when there is no way to know how many octets there are. */
export async function toContent(
  letter: LetterContent,
  sizeOctets: number | undefined,
): Promise<CommandContent> {
  if (letter instanceof Uint8Array) {
    return { octetCount: letter.length, source: oncePiece(letter) }
  }
  const octetCount = CanonicalLetter.is(letter)
    ? (letter.sizeOctets ?? (await countOctets(letter)))
    : sizeOctets
  if (octetCount === undefined || !Number.isSafeInteger(octetCount) || octetCount < 0) {
    throw new TypeError('a letter that comes in pieces is appended with its sizeOctets')
  }
  return CanonicalLetter.is(letter)
    ? { octetCount, source: letter.lentPieces(), isLent: true }
    : { octetCount, source: letter[Symbol.asyncIterator]() }
}

async function countOctets(letter: CanonicalLetter): Promise<number> {
  let count = 0
  for await (const octets of letter.lentPieces()) count += octets.length
  return count
}

async function* oncePiece(octets: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield octets
}
