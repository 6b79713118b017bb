import { octetsOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'
import type { Connection } from './connection.ts'
import { DeadlineExceeded } from './errors.ts'
import { startTimer } from './timer.ts'

/** What a token is asked for with. */
export interface TokenRequest {
  /** The server has just refused the token given before, so it must be a new one; giving the same one again ends the login. */
  readonly isRefused: boolean
  /** Aborts when nobody waits for the token any more. */
  readonly signal: AbortSignal
}

/** Gives an access token of OAuth 2.0, from wherever it comes: a file, a cache, the token endpoint. What it throws ends the login. */
export type TokenProvider = (request: TokenRequest) => Secret | Promise<Secret>

interface Patience {
  readonly connection: Connection
  readonly timeoutMs: number
}

/** The tokens of one login: the first, and another one if that is refused. Each is asked for only when it is needed. */
export async function* pullTokens(
  token: Secret | TokenProvider,
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  if (token instanceof Secret) {
    yield octetsOf(token.reveal())
    return
  }
  yield await ask(token, { isRefused: false }, patience)
  yield await ask(token, { isRefused: true }, patience)
}

/** The server does not wait for ever either, so a provider that hangs ends the connection. */
async function ask(
  provider: TokenProvider,
  { isRefused }: Pick<TokenRequest, 'isRefused'>,
  { connection, timeoutMs }: Patience,
): Promise<Uint8Array> {
  const giveUp = (): void => connection.close(new DeadlineExceeded('token', timeoutMs))
  const timer = startTimer(timeoutMs, giveUp)
  try {
    const token = await provider({ isRefused, signal: connection.closed })
    return octetsOf(token.reveal())
  } finally {
    clearTimeout(timer)
  }
}
