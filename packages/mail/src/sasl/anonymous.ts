import { octetsOf } from '../base/octets.ts'
import type { AnonymousCredentials } from './credentials.ts'
import { refuse } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'

/** RFC 4505 §2: `token = 1*255TCHAR`. The trace profile does without control characters (§3). */
const MAX_TRACE_CHARACTERS = 255
const CONTROL_CHARACTER = /\p{Cc}/u
/** Of an address only that it is ASCII and has both parts: the server writes it to its log, and nothing is sent to it. */
const EMAIL = /^[!-?A-~]+@[!-?A-~]+$/

/** ANONYMOUS (RFC 4505): no proof at all, and a word for the server's log. */
export const anonymous: Mechanism<AnonymousCredentials> = {
  name: 'ANONYMOUS',
  isClearText: false,
  start({ trace = '' }: AnonymousCredentials): Responder {
    if (!isTrace(trace)) {
      throw new RangeError(
        `the trace is an email address, or at most ${MAX_TRACE_CHARACTERS} characters without @ and control characters`,
      )
    }
    return {
      initialResponse: octetsOf(trace),
      respond: (): Refusal => refuse('the server sent a challenge, but ANONYMOUS has none'),
      finish: (): undefined => undefined,
    }
  },
}

function isTrace(trace: string): boolean {
  if (Array.from(trace).length > MAX_TRACE_CHARACTERS || !trace.isWellFormed()) return false
  if (CONTROL_CHARACTER.test(trace)) return false
  return !trace.includes('@') || EMAIL.test(trace)
}
