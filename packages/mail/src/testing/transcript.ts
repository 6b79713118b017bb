import { concatOctets, octetsOf } from '../base/octets.ts'

/** One turn of a conversation. Lines of one side that follow one another are one turn. */
export type TranscriptStep =
  | { readonly kind: 'client'; readonly octets: Uint8Array }
  | { readonly kind: 'server'; readonly octets: Uint8Array }
  /** The connection is encrypted here. */
  | { readonly kind: 'tls' }

const TLS_LINE = '-- TLS'

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
  const steps: TranscriptStep[] = []
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const step = line.trimEnd() === TLS_LINE ? ({ kind: 'tls' } as const) : parseTurn(line)
    if (step === undefined) {
      throw new SyntaxError(`line ${index + 1} of the transcript is neither C:, S: nor ${TLS_LINE}`)
    }
    append(steps, step)
  }
  return steps
}

function parseTurn(line: string): TranscriptStep | undefined {
  const [, side, content] = /^([CS]):(?: (.*))?$/.exec(line) ?? []
  if (side === undefined) return undefined
  return { kind: side === 'C' ? 'client' : 'server', octets: unescape(content ?? '') }
}

/** Escapes, and the line end. */
const ESCAPE = /\\x([0-9a-fA-F]{2})|\\(\\)|\\$/

function unescape(content: string): Uint8Array {
  const octets: number[] = []
  let rest = content
  for (let match = ESCAPE.exec(rest); match !== null; match = ESCAPE.exec(rest)) {
    octets.push(...octetsOf(rest.slice(0, match.index)))
    const [whole, hex, backslash] = match
    if (hex === undefined && backslash === undefined) return Uint8Array.from(octets)
    octets.push(hex === undefined ? 0x5c : Number.parseInt(hex, 16))
    rest = rest.slice(match.index + whole.length)
  }
  octets.push(...octetsOf(`${rest}\r\n`))
  return Uint8Array.from(octets)
}

function append(steps: TranscriptStep[], step: TranscriptStep): void {
  const last = steps.at(-1)
  if (last === undefined || last.kind !== step.kind || last.kind === 'tls' || step.kind === 'tls') {
    steps.push(step)
    return
  }
  steps[steps.length - 1] = { ...last, octets: concatOctets([last.octets, step.octets]) }
}
