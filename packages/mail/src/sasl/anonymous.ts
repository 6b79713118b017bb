import { octetsOf } from '../base/octets.ts'
import type { AnonymousCredentials } from './credentials.ts'
import { refuse } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'
import { IDEOGRAPHIC_DESCRIPTION, OTHER_SPACES, PROHIBITED } from './stringprep-tables.ts'
import { isBidirectionallySound, isIn, parseTable } from './stringprep.ts'

/** RFC 4505 §2: `token = 1*255TCHAR`. */
const MAX_TRACE_CHARACTERS = 255

const DOT_ATOM = String.raw`[\w!#$%&'*+/=?^\x60{|}~-]+(?:\.[\w!#$%&'*+/=?^\x60{|}~-]+)*`
const QUOTED_STRING = String.raw`"(?:[^"\\]|\\.)*"`
const DOMAIN_LITERAL = String.raw`\[[!-Z^-~]*\]`
/** An address of ASCII (RFC 2822 §3.4.1), without comments and folding. Nothing is sent to it: the server writes it to its log. */
const ADDR_SPEC = new RegExp(
  `^(?=[ -~]+$)(?:${DOT_ATOM}|${QUOTED_STRING})@(?:${DOT_ATOM}|${DOMAIN_LITERAL})$`,
)

const prohibited = parseTable(PROHIBITED)
/** SASLprep forbids them, the trace profile does not (RFC 4505 §3). */
const allowed = [...parseTable(OTHER_SPACES), ...parseTable(IDEOGRAPHIC_DESCRIPTION)].sort(
  ([first], [second]) => first - second,
)

/** ANONYMOUS (RFC 4505): no proof at all, and a word for the server's log. */
export const anonymous: Mechanism<AnonymousCredentials> = {
  name: 'ANONYMOUS',
  isClearText: false,
  start({ trace = '' }: AnonymousCredentials): Responder {
    const defect = defectOf(trace)
    if (defect !== undefined) throw new RangeError(`the trace ${defect}`)
    return {
      initialResponse: octetsOf(trace),
      respond: (): Refusal => refuse('the server sent a challenge, but ANONYMOUS has none'),
      finish: (): undefined => undefined,
    }
  },
}

/**
 * What keeps a text from being a trace: `[ email / token ]`, prepared with the trace profile of stringprep, which maps and normalizes nothing and
 * lets code points through that Unicode 3.2 did not have (RFC 4505 §2, §3).
 */
function defectOf(trace: string): string | undefined {
  if (!trace.isWellFormed()) return 'holds half a surrogate pair'
  if (Array.from(trace).some(isProhibited)) {
    return 'holds a character that the trace profile of stringprep forbids'
  }
  if (!isBidirectionallySound(trace)) {
    return 'mixes directions of writing in a way that the trace profile of stringprep forbids'
  }
  if (trace.includes('@')) return ADDR_SPEC.test(trace) ? undefined : 'holds an @ but is no address'
  const isTooLong = Array.from(trace).length > MAX_TRACE_CHARACTERS
  return isTooLong ? `has more than ${MAX_TRACE_CHARACTERS} characters` : undefined
}

function isProhibited(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0
  return isIn(prohibited, codePoint) && !isIn(allowed, codePoint)
}
