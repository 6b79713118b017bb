import { concatOctets, copyOctets, octetsOf } from '../base/octets.ts'
import type { CanonicalLetter, LetterBody } from '../base/canonical-letter.ts'
import { IllegalArgumentException } from './exception.ts'
import { cannotBeReadAtOnce, StreamContent } from './stream-content.ts'

/** Octets that come by and by: a Node stream, a web stream, anything that can be iterated. It can be read once. */
export type OctetStream = AsyncIterable<Uint8Array>

/** What an attachment is made of: octets, text (which is written in UTF-8), a stream, or a function that opens one and may be called again. */
export type AttachmentData = Uint8Array | string | OctetStream | (() => OctetStream)

/** Where the octets of an attachment come from. */
export interface AttachmentContent {
  /** @throws IllegalStateException when they can't be read any more. */
  open(): AsyncIterable<Uint8Array>
  /** Whether {@link open} will throw. */
  readonly isUsedUp: boolean
  /** How many there are, if that is known without reading them. */
  readonly sizeOctets: number | undefined
  /** All of them, at once. @throws IllegalStateException when they can only be read as a stream. */
  read(): Uint8Array
  /** What octets a letter in it has (`message/rfc822`), if that is known. */
  readonly body?: LetterBody
  /** The same as a letter in it has to stand in another: with lines that end in CRLF. Where there is none, it stands as it is. */
  asLetter?(): AttachmentContent
}

/** @throws IllegalArgumentException when it is none of the things that an attachment can be made of. */
export function contentOf(data: AttachmentData): AttachmentContent {
  if (typeof data === 'string') return new OctetsContent(octetsOf(data))
  if (data instanceof Uint8Array) return new OctetsContent(data)
  if (typeof data === 'function') return new OpenedContent(data)
  if (isStream(data)) return new StreamContent(data)
  throw new IllegalArgumentException('an attachment is made of octets, of a text or of a stream')
}

/** Who writes no types may give anything. */
function isStream(data: object | null | undefined): data is OctetStream {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}

/** Octets that are there. */
class OctetsContent implements AttachmentContent {
  readonly isUsedUp = false
  readonly #octets: Uint8Array

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  get sizeOctets(): number {
    return this.#octets.length
  }

  /** What a letter may be sent as by itself: only lines that SMTP can't carry need more than 8BITMIME. */
  get body(): LetterBody {
    return bodyOf(this.#octets)
  }

  /** A letter from a disk has the line ends of that machine, and no server takes those. */
  asLetter(): AttachmentContent {
    return new OctetsContent(withCrlf(this.#octets))
  }

  async *open(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(this.#octets)
  }

  read(): Uint8Array {
    return this.#octets
  }
}

/** What a function opens, each time it is called. */
class OpenedContent implements AttachmentContent {
  readonly isUsedUp = false
  readonly sizeOctets = undefined
  readonly open: () => AsyncIterable<Uint8Array>

  constructor(open: () => AsyncIterable<Uint8Array>) {
    this.open = open
  }

  read(): Uint8Array {
    throw cannotBeReadAtOnce()
  }
}

/** A letter that is a part of another. */
export class LetterContent implements AttachmentContent {
  readonly #letter: CanonicalLetter
  readonly #isUsedUp: () => boolean

  /** @param isUsedUp Whether something in the letter can't be read any more. */
  constructor(letter: CanonicalLetter, isUsedUp: () => boolean) {
    this.#letter = letter
    this.#isUsedUp = isUsedUp
  }

  get isUsedUp(): boolean {
    return this.#isUsedUp()
  }

  get sizeOctets(): number | undefined {
    return this.#letter.sizeOctets
  }

  get body(): LetterBody {
    return this.#letter.body
  }

  open(): AsyncIterable<Uint8Array> {
    return this.#letter
  }

  read(): Uint8Array {
    throw cannotBeReadAtOnce()
  }
}

/** All octets of a content, which is then octets that are there. */
export async function collect(content: AttachmentContent): Promise<AttachmentContent> {
  const pieces: Uint8Array[] = []
  for await (const octets of content.open()) pieces.push(copyOctets(octets))
  return new OctetsContent(concatOctets(pieces))
}

const NUL = 0x00
const LF = 0x0a
const CR = 0x0d
const ASCII_MAX = 0x7f
/** RFC 5322 §2.1.1, without the CRLF. */
const LINE_MAX = 998

function bodyOf(octets: Uint8Array): LetterBody {
  let column = 0
  let body: LetterBody = '7BIT'
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? NUL
    if (octet === CR && octets[at + 1] === LF) {
      at++
      column = 0
      continue
    }
    column++
    if (octet === NUL || octet === CR || octet === LF || column > LINE_MAX) return 'BINARYMIME'
    if (octet > ASCII_MAX) body = '8BITMIME'
  }
  return body
}

/** Every line end as CRLF, the canonical form (RFC 2049 §4); the same octets when they are all so. */
function withCrlf(octets: Uint8Array): Uint8Array {
  const bare = octets.reduce((count, _, at) => count + (isBareLineEnd(octets, at) ? 1 : 0), 0)
  if (bare === 0) return octets
  const canonical = new Uint8Array(octets.length + bare)
  let to = 0
  for (const [at, octet] of octets.entries()) {
    if (isBareLineEnd(octets, at)) {
      canonical[to++] = CR
      canonical[to++] = LF
    } else canonical[to++] = octet
  }
  return canonical
}

function isBareLineEnd(octets: Uint8Array, at: number): boolean {
  if (octets[at] === CR) return octets[at + 1] !== LF
  return octets[at] === LF && octets[at - 1] !== CR
}
