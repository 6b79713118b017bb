import { octetsOf } from '../base/octets.ts'
import { encodeBase64 } from '../base/base64.ts'
import type { Canonicalization } from './canonical-body.ts'
import type { DkimKey } from './key.ts'

/** RFC 5322 §2.1.1 asks for lines of at most 78 columns; the rest of this package writes 76. */
const LINE_COLUMNS = 76

/** What a DKIM-Signature field says (RFC 6376 §3.5). There is no `l=`: it would let anybody append to a signed letter (§8.2). */
export interface SignatureTags {
  readonly headerCanonicalization: Canonicalization
  readonly bodyCanonicalization: Canonicalization
  /** Seconds since 1970. */
  readonly signedAt: number | undefined
  readonly expiresAt: number | undefined
  readonly identity: string | undefined
  /** The names of the signed fields. */
  readonly names: readonly string[]
  readonly bodyHash: Uint8Array
}

/** The field up to `b=`, which is what gets signed (RFC 6376 §3.7); the signature itself begins on the same line. */
export function formatUnsigned(key: DkimKey, tags: SignatureTags): string {
  const { headerCanonicalization, bodyCanonicalization, names } = tags
  const words = [
    ' v=1;',
    ` a=${key.algorithm};`,
    ` c=${headerCanonicalization}/${bodyCanonicalization};`,
    ` d=${key.domain};`,
    ` s=${key.selector};`,
    ...(tags.identity === undefined ? [] : [` i=${quoteIdentity(tags.identity)};`]),
    ...(tags.signedAt === undefined ? [] : [` t=${tags.signedAt};`]),
    ...(tags.expiresAt === undefined ? [] : [` x=${tags.expiresAt};`]),
    ...names.map((name, index) => {
      const end = index === names.length - 1 ? ';' : ':'
      return index === 0 ? ` h=${name}${end}` : `${name}${end}`
    }),
    ` bh=${encodeBase64(tags.bodyHash)};`,
  ]
  return `${foldWords('DKIM-Signature:', words)}\r\n b=`
}

/** What stands after `b=`, to the end of the field. Blanks don't count in it. */
export function formatSignature(signature: Uint8Array): string {
  const digits = encodeBase64(signature)
  const lines: string[] = []
  const first = LINE_COLUMNS - ' b='.length
  lines.push(digits.slice(0, first))
  for (let at = first; at < digits.length; at += LINE_COLUMNS - 1) {
    lines.push(` ${digits.slice(at, at + LINE_COLUMNS - 1)}`)
  }
  return `${lines.join('\r\n')}\r\n`
}

/** Words that begin with a blank, or may have one before them. */
function foldWords(start: string, words: readonly string[]): string {
  let folded = ''
  let line = start
  for (const word of words) {
    if (line.length + word.length <= LINE_COLUMNS) {
      line += word
    } else {
      folded += `${line}\r\n`
      line = word.startsWith(' ') ? word : ` ${word}`
    }
  }
  return folded + line
}

/** dkim-quoted-printable (RFC 6376 §2.11): ASCII whatever the identity is written in. */
function quoteIdentity(identity: string): string {
  return Array.from(octetsOf(identity), (octet) => {
    const isPlain = octet > 0x20 && octet < 0x7f && octet !== 0x3b && octet !== 0x3d
    if (isPlain) return String.fromCharCode(octet)
    return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
