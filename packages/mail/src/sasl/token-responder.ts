import { refuse } from './mechanism.ts'
import type { Refusal, Responder } from './mechanism.ts'
import { decodeChallenge } from './proof.ts'

/** `b64token` of RFC 6750 §2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/
const SEPARATOR = '\u0001'

/** What a token is refused with must be acknowledged before the server says no in the protocol's own way. */
interface TokenExchange {
  readonly initialResponse: Uint8Array
  readonly acknowledgement: Uint8Array
}

/**
 * The mechanisms for tokens: everything in the initial response; a challenge comes only when the server refuses, and says why in JSON
 * (RFC 7628 §3.2.2).
 */
export function respondWithToken({ initialResponse, acknowledgement }: TokenExchange): Responder {
  let failure: string | undefined
  return {
    initialResponse,
    respond(challenge: Uint8Array): Uint8Array | Refusal {
      if (failure !== undefined) return refuse('the server sent a second challenge')
      failure = describeFailure(challenge)
      return acknowledgement
    },
    finish: (): Refusal | undefined =>
      failure === undefined
        ? undefined
        : refuse('the server refused the token, and reported success then'),
    explanation: (): string | undefined => (failure === '' ? undefined : failure),
  }
}

/**
 * `auth=Bearer …` with its separators, the end of the initial response of both mechanisms.
 *
 * @throws RangeError when the token is none. The message does not repeat it.
 */
export function formatBearer(token: string): string {
  if (!BEARER_TOKEN.test(token)) {
    throw new RangeError('the token holds a character that no bearer token has (RFC 6750 §2.1)')
  }
  return `auth=Bearer ${token}${SEPARATOR}${SEPARATOR}`
}

/** @throws RangeError when the text would end its field early. */
export function checkField(text: string, what: string): string {
  if (text === '' || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw new RangeError(`${what} is empty or holds control characters`)
  }
  return text
}

/** The status and the scope that the server names, short; empty when it names none. */
function describeFailure(challenge: Uint8Array): string {
  const failure = parseJson(challenge)
  if (typeof failure !== 'object' || failure === null) return ''
  const facts: string[] = []
  for (const [key, value] of Object.entries(failure)) {
    if (typeof value !== 'string' || value === '') continue
    if (key === 'status') facts.unshift(value)
    if (key === 'scope') facts.push(`scope ${value}`)
  }
  return facts.join(', ')
}

function parseJson(octets: Uint8Array): unknown {
  try {
    return JSON.parse(decodeChallenge(octets) ?? '')
  } catch {
    return undefined
  }
}
