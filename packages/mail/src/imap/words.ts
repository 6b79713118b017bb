/** What responses are made of, octet by octet (RFC 9051 §4). */

import { textOf } from '../base/octets.ts'

const SPACE = 0x20
const QUOTE = 0x22
const ZERO = 0x30
const NINE = 0x39
const OPENING = 0x28
const CLOSING = 0x29
const BACKSLASH = 0x5c
const DELETE = 0x7f

/**
 * Which octets end an atom. Wider than `ATOM-CHAR`: servers write `]`, `*`, `%`, braces and octets above 127 in flags and mailbox names without
 * quotes, and nothing that comes after an atom begins with one of them.
 */
export const ENDS_ATOM: Uint8Array = new Uint8Array(256)
for (let octet = 0; octet <= SPACE; octet++) ENDS_ATOM[octet] = 1
for (const octet of [QUOTE, OPENING, CLOSING, DELETE]) ENDS_ATOM[octet] = 1

/** Whether an atom is the word for nothing. */
export function isNil(atom: string): boolean {
  return atom.length === 3 && atom.toUpperCase() === 'NIL'
}

/** The longest name of an item has 13 characters, and a date 28. */
const SHORT_WORD = 32

/** Most words are short and ASCII, and a decoder takes longer to begin with them than they take. */
export function wordOf(octets: Uint8Array, from: number, to: number): string {
  if (to - from > SHORT_WORD) return textOf(octets.subarray(from, to))
  let word = ''
  for (let at = from; at < to; at++) {
    const octet = octets[at] ?? 0
    if (octet > DELETE) return textOf(octets.subarray(from, to))
    word += String.fromCharCode(octet)
  }
  return word
}

/** Whether an octet is a decimal digit. */
export function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= ZERO && octet <= NINE
}

/** A quoted string without its backslashes, of which so many take the meaning from what follows. */
export function unescape(octets: Uint8Array, escapes: number): Uint8Array {
  const plain = new Uint8Array(octets.length - escapes)
  let to = 0
  for (let at = 0; at < octets.length; at++) {
    if (octets[at] === BACKSLASH) at++
    plain[to++] = octets[at] ?? 0
  }
  return plain
}
