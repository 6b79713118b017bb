/**
 * The character classes of RFC 5322 §3.2 and §3.4, widened by RFC 6532 §3.2: everything from U+00A0 on counts as an
 * ordinary letter. Controls, the C1 ones too, belong to no class: this is what keeps CR, LF and NUL out of every address.
 */

const ATOM_SPECIALS = '()<>[]:;@\\,."'

const SPACE = 0x20
const DOT = 0x2e
const DEL = 0x7f
const FIRST_ABOVE_C1 = 0xa0

/** ASCII → whether it is `atext`. */
const IS_ATOM_CHARACTER: readonly boolean[] = Array.from(
  { length: DEL },
  (_, code) => code > SPACE && !ATOM_SPECIALS.includes(String.fromCharCode(code)),
)

/** `atext`: what an atom is made of. */
export function isAtomCharacter(code: number): boolean {
  return IS_ATOM_CHARACTER[code] ?? code >= FIRST_ABOVE_C1
}

/** What a quoted string, a comment or a display name may hold: printable characters and the space. */
export function isTextCharacter(code: number): boolean {
  return (code >= SPACE && code < DEL) || code >= FIRST_ABOVE_C1
}

/** `dtext`: what stands between the brackets of a domain literal. */
export function isDomainLiteralCharacter(code: number): boolean {
  return code > SPACE && code < DEL && code !== 0x5b && code !== 0x5c && code !== 0x5d
}

/** Whether every UTF-16 unit of a text is of a class. True of the empty text. */
export function isMadeOf(text: string, isOfClass: (code: number) => boolean): boolean {
  for (let i = 0; i < text.length; i++) {
    if (!isOfClass(text.charCodeAt(i))) return false
  }
  return true
}

/** Whether a text is ASCII, so that it can travel without SMTPUTF8 (RFC 6531). */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > DEL) return false
  }
  return true
}

/** `dot-atom-text`: atoms joined by single dots. */
export function isDotAtom(text: string): boolean {
  let isInAtom = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isAtomCharacter(code)) isInAtom = true
    else if (code === DOT && isInAtom) isInAtom = false
    else return false
  }
  return isInAtom
}

/** Writes a text as a quoted string (RFC 5322 §3.2.4). */
export function quoteString(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
