import { CanonicalLetter, type LetterBody } from '../base/canonical-letter.ts'
import { concatOctets, copyOctets, octetsOf } from '../base/octets.ts'
import type { DkimCrypto } from './environment.ts'
import { DkimContentChanged } from './errors.ts'
import { type HeaderFieldOctets, readFields } from './header-fields.ts'
import { checkKeys, type DkimKey } from './key.ts'
import { isSameLetter, type LetterDigest, LetterReading } from './letter-reading.ts'
import { formatSignature, formatUnsigned, type SignatureTags } from './signature-field.ts'
import { signatureInput } from './signature-input.ts'
import { namesToSign } from './signed-names.ts'
import { type CheckedOptions, checkOptions, type SigningOptions } from './signing-options.ts'

/** A letter up to this is kept when it is read to be signed, so it is composed once and not twice. Most letters without a file are smaller. */
const KEPT_OCTETS = 64 * 1024

/**
 * A letter with its signatures before it. Each time it is read, the letter behind it is read again, and compared with what was signed: one that has
 * changed meanwhile is broken off before its last octets with a {@link DkimContentChanged}, so no server takes it.
 */
export class SignedMessage extends CanonicalLetter {
  readonly sizeOctets: number
  readonly body: LetterBody
  readonly needsSmtpUtf8: boolean
  /** The DKIM-Signature fields, in the order of the keys. */
  readonly signatureFields: readonly string[]
  readonly #source: SignedSource

  /** Only `signMessage` makes one. */
  constructor(source: SignedSource, signatureFields: readonly string[]) {
    super()
    this.#source = source
    this.signatureFields = signatureFields
    this.body = source.letter.body
    this.needsSmtpUtf8 = source.letter.needsSmtpUtf8
    this.sizeOctets = source.digest.sizeOctets + signatureFields.join('').length
  }

  override whole(): Uint8Array | undefined {
    const { kept } = this.#source
    return kept && concatOctets([octetsOf(this.signatureFields.join('')), ...kept])
  }

  override lentPieces(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#write(this.#source.letter.lentPieces())
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#write(this.#source.letter)
  }

  async *#write(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const whole = this.whole()
    if (whole === undefined) {
      yield octetsOf(this.signatureFields.join(''))
      yield* readAgain(this.#source, pieces)
    } else {
      yield whole
    }
  }
}

/** What a letter was when it was signed. */
interface SignedSource {
  readonly letter: CanonicalLetter
  readonly digest: LetterDigest
  /** All of its octets, if they are few. */
  readonly kept: readonly Uint8Array[] | undefined
  /** Begins to read it as it was read then. */
  readonly newReading: () => LetterReading
}

/** The octets of a letter, the last piece only when all of them have turned out to be what was signed. */
async function* readAgain(
  source: SignedSource,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { digest } = source
  const reading = source.newReading()
  let octetsRead = 0
  let last: Uint8Array | undefined
  for await (const octets of pieces) {
    reading.push(octets)
    octetsRead += octets.length
    if (octetsRead > digest.sizeOctets) break
    if (octetsRead < digest.sizeOctets) yield octets
    // A copy, because who gave it may use its memory for what comes next.
    else last ??= copyOctets(octets)
  }
  if (octetsRead !== digest.sizeOctets || !isSameLetter(reading.end(), digest)) {
    throw new DkimContentChanged(digest.sizeOctets)
  }
  if (last !== undefined) yield last
}

export interface SigningInput extends SigningOptions {
  readonly letter: CanonicalLetter
  readonly keys: readonly DkimKey[]
  /** The octets of the letter, for who watches over how they come; by default as the letter gives them. */
  readonly octets?: AsyncIterable<Uint8Array>
}

/**
 * Reads a letter and signs it with each of the keys (RFC 6376 §5, RFC 8463 §3).
 *
 * @throws DkimKeyUnusable when a key can't be found by its domain and selector.
 * @throws LimitExceeded when the letter's header section does not end.
 * @throws RangeError when there is no key, the letter has not one From field, or an option can't be meant so.
 */
export async function signLetter(input: SigningInput, crypto: DkimCrypto): Promise<SignedMessage> {
  const { letter, keys } = input
  if (keys.length === 0) throw new RangeError('a letter is signed with at least one key')
  checkKeys(keys)
  const options = checkOptions(input, keys)
  const newReading = (): LetterReading => new LetterReading(crypto, options)
  const { digest, kept } = await readFirst(input.octets ?? letter, newReading())

  const fields = readFields(digest.header)
  const tags = tagsOf(fields, digest, { ...options, alsoSign: input.alsoSign ?? [] })
  const signatureFields = await Promise.all(keys.map((key) => signatureField(key, fields, tags)))
  return new SignedMessage({ letter, digest, kept, newReading }, signatureFields)
}

async function readFirst(
  letter: AsyncIterable<Uint8Array>,
  reading: LetterReading,
): Promise<Pick<SignedSource, 'digest' | 'kept'>> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const octets of letter) {
    reading.push(octets)
    size += octets.length
    if (size <= KEPT_OCTETS) kept.push(copyOctets(octets))
    else kept.length = 0
  }
  return { digest: reading.end(), kept: size <= KEPT_OCTETS ? kept : undefined }
}

function tagsOf(
  fields: readonly HeaderFieldOctets[],
  { bodyHash }: LetterDigest,
  options: CheckedOptions & { readonly alsoSign: readonly string[] },
): SignatureTags {
  // A second From would be shown by some readers and not be the signed one (RFC 6376 §8.15).
  if (fields.filter(({ name }) => name === 'from').length !== 1) {
    throw new RangeError('a letter to be signed has one From field')
  }
  const { alsoSign, ...tags } = options
  return { ...tags, names: namesToSign(fields, alsoSign), bodyHash }
}

async function signatureField(
  key: DkimKey,
  fields: readonly HeaderFieldOctets[],
  tags: SignatureTags,
): Promise<string> {
  const unsigned = formatUnsigned(key, tags)
  return unsigned + formatSignature(await key.sign(signatureInput(fields, unsigned, tags)))
}
