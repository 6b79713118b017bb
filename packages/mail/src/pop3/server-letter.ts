import { DotStuffer } from '../wire/dot-stuffing.ts'

const CR = 0x0d
const LF = 0x0a

/** How much of a letter is dot-stuffed at a time: as much as a socket takes at once, not the whole letter. */
const PIECE_OCTETS = 65_536

/** A letter as a multi-line response carries it, dot-stuffed and with the final dot, piece by piece. */
export function* stuffLetter(octets: Uint8Array): Generator<Uint8Array, void, undefined> {
  const stuffer = new DotStuffer()
  for (let at = 0; at < octets.length; at += PIECE_OCTETS) {
    yield stuffer.push(octets.subarray(at, at + PIECE_OCTETS))
  }
  yield stuffer.end()
}

/** The header section of a letter, the empty line after it, and `lines` lines of the body (RFC 1939 §7, TOP). */
export function topOf(octets: Uint8Array, lines: number): Uint8Array {
  let isInBody = false
  let bodyLines = 0
  let lineStart = 0
  while (lineStart < octets.length && !(isInBody && bodyLines === lines)) {
    const lineFeed = octets.indexOf(LF, lineStart)
    const lineEnd = lineFeed < 0 ? octets.length : lineFeed + 1
    if (isInBody) bodyLines++
    else isInBody = isEmptyLine(octets, lineStart)
    lineStart = lineEnd
  }
  return octets.subarray(0, lineStart)
}

function isEmptyLine(octets: Uint8Array, start: number): boolean {
  return octets[start] === LF || (octets[start] === CR && octets[start + 1] === LF)
}
