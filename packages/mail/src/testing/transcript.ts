import { concatOctets, octetsOf } from '../base/octets.ts'

/** One turn of a conversation. Lines of one side that follow one another are one turn. */
export type TranscriptStep =
  | { readonly kind: 'client'; readonly octets: Uint8Array }
  | { readonly kind: 'server'; readonly octets: Uint8Array }
  /** The connection is encrypted here. */
  | { readonly kind: 'tls' }

const TLS_LINE = '-- TLS'

const BACKSLASH = 0x5c

/**
 * Reads a conversation written down as text.
 *
 *     # Comments and empty lines mean nothing.
 *     S: 220 mail.example.org ESMTP
 *     C: STARTTLS
 *     S: 220 go ahead
 *     -- TLS
 *     C: EHLO shop-1.example.org
 *
 * `C: ` is what the client sends, `S: ` what the server sends, `C:` and `S:` alone are empty lines. Each ends with CRLF, unless a lone
 * backslash ends it: `S: 25\` sends half a line. Anywhere in a line `\xHH` is an octet and `\\` a backslash; other characters are sent
 * as UTF-8. A line may be indented, so that a transcript can stand inside a test. After the last line the server hangs up.
 *
 * @throws SyntaxError with the number of a line that is none of this.
 */
export function parseTranscript(text: string): readonly TranscriptStep[] {
  const turns: Turn[] = []
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const turn = line.trimEnd() === TLS_LINE ? ({ kind: 'tls' } as const) : parseTurn(line)
    if (turn === undefined) {
      throw new SyntaxError(`line ${index + 1} of the transcript is neither C:, S: nor ${TLS_LINE}`)
    }
    append(turns, turn)
  }
  return turns.map((turn) =>
    turn.kind === 'tls' ? turn : { kind: turn.kind, octets: concatOctets(turn.pieces) },
  )
}

/** A turn as it grows line by line. */
type Turn =
  { readonly kind: 'client' | 'server'; readonly pieces: Uint8Array[] } | { readonly kind: 'tls' }

function parseTurn(line: string): Turn | undefined {
  const [, side, content] = /^([CS]):(?: (.*))?$/.exec(line) ?? []
  if (side === undefined) return undefined
  return { kind: side === 'C' ? 'client' : 'server', pieces: unescape(content ?? '') }
}

/** Escapes, and the line end. */
const ESCAPE = /\\x([0-9a-fA-F]{2})|\\(\\)|\\$/g

function unescape(content: string): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { 0: whole, 1: hex, 2: backslash, index } of content.matchAll(ESCAPE)) {
    pieces.push(octetsOf(content.slice(at, index)))
    if (hex === undefined && backslash === undefined) return pieces
    pieces.push(Uint8Array.of(hex === undefined ? BACKSLASH : Number.parseInt(hex, 16)))
    at = index + whole.length
  }
  pieces.push(octetsOf(`${content.slice(at)}\r\n`))
  return pieces
}

function append(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1)
  if (last === undefined || last.kind === 'tls' || turn.kind !== last.kind) turns.push(turn)
  else last.pieces.push(...turn.pieces)
}
