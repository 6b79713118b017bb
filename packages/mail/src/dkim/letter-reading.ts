import { concatOctets, copyOctets, equalOctets } from '../base/octets.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import { BodyCanonicalizer, type Canonicalization } from './canonical-body.ts'
import type { DkimCrypto, DkimHash } from './environment.ts'

const LF = 0x0a
const CR = 0x0d

/** How a letter is read. */
export interface ReadingRules {
  readonly bodyCanonicalization: Canonicalization
  readonly maxHeaderOctets: number
}

/** What a letter was when it was read to its end. */
export interface LetterDigest {
  /** The header section, with the empty line after it, if there is one. */
  readonly header: Uint8Array
  /** SHA-256 of the canonical body. */
  readonly bodyHash: Uint8Array
  readonly sizeOctets: number
}

/** Whether a letter was the same both times, as far as a signature sees it; its length counts too, because the server was told it. */
export function isSameLetter(a: LetterDigest, b: LetterDigest): boolean {
  return (
    a.sizeOctets === b.sizeOctets &&
    equalOctets(a.bodyHash, b.bodyHash) &&
    equalOctets(a.header, b.header)
  )
}

/** Reads a letter once: keeps its header section, hashes its body, counts its octets. */
export class LetterReading {
  readonly #hash: DkimHash
  readonly #body: BodyCanonicalizer
  readonly #header: Uint8Array[] = []
  readonly #maxHeaderOctets: number
  #headerOctets = 0
  /** How much of CRLF CRLF has come. A letter that begins with an empty line has no header section, so its beginning counts as a line end. */
  #matched = 2
  #sizeOctets = 0

  constructor(crypto: DkimCrypto, rules: ReadingRules) {
    this.#hash = crypto.sha256()
    this.#body = new BodyCanonicalizer(rules.bodyCanonicalization, this.#hash)
    this.#maxHeaderOctets = rules.maxHeaderOctets
  }

  /** @throws LimitExceeded when the header section does not end. */
  push(octets: Uint8Array): void {
    this.#sizeOctets += octets.length
    const inHeader = this.#readHeader(octets)
    if (inHeader < octets.length) this.#body.push(octets.subarray(inHeader))
  }

  end(): LetterDigest {
    this.#body.end()
    return {
      header: concatOctets(this.#header),
      bodyHash: this.#hash.digest(),
      sizeOctets: this.#sizeOctets,
    }
  }

  /** How many of these octets still belong to the header section. */
  #readHeader(octets: Uint8Array): number {
    let at = 0
    while (at < octets.length && this.#matched < 4) {
      this.#matched = nextMatched(this.#matched, octets[at++] ?? 0)
    }
    if (at === 0) return 0
    this.#headerOctets += at
    if (this.#headerOctets > this.#maxHeaderOctets) {
      throw new LimitExceeded({
        what: 'the header section of a letter to be signed',
        limit: this.#maxHeaderOctets,
        value: this.#headerOctets,
        option: 'maxHeaderOctets',
      })
    }
    this.#header.push(copyOctets(octets, 0, at))
    return at
  }
}

/** How much of CRLF CRLF has come when this octet follows. */
function nextMatched(matched: number, octet: number): number {
  if (octet === CR) return matched === 2 ? 3 : 1
  if (octet === LF) return matched === 1 ? 2 : matched === 3 ? 4 : 0
  return 0
}
