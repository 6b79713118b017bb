import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import type { ProxyCredentials } from './credentials.ts'
import { ProxyFailed, type ProxyFailure, type ProxyName } from './errors.ts'
import { connectByHttp } from './http-connect.ts'
import { connectBySocks5 } from './socks5.ts'
import { formatAuthority, type TunnelTarget } from './target.ts'

export interface TunnelRequest {
  readonly proxy: ProxyName
  readonly credentials?: ProxyCredentials | undefined
  readonly target: TunnelTarget
  /** For each answer of the proxy. */
  readonly timeoutMs: number
}

/**
 * Has a proxy connect to a mail server. The result is what came after the proxy's answer: the first octets of the mail server, which speaks
 * without being asked.
 *
 * @throws RangeError at once, when the credentials can't be used with this kind of proxy.
 * @throws ProxyFailed in the dialog.
 */
export function openTunnel(request: TunnelRequest): Dialog<Uint8Array> {
  const { proxy, target } = request
  const dialog = proxy.kind === 'socks5' ? connectBySocks5(request) : connectByHttp(request)
  const fail = (reason: ProxyFailure, cause: unknown, proxyWords?: string): ProxyFailed => {
    const facts = { proxy, target: formatAuthority(target), reason, cause }
    return new ProxyFailed(proxyWords === undefined ? facts : { ...facts, proxyWords })
  }
  return explaining(dialog, fail)
}

type Fail = (reason: ProxyFailure, cause: unknown, proxyWords?: string) => ProxyFailed

function* explaining(dialog: Dialog<Uint8Array>, fail: Fail): Dialog<Uint8Array> {
  try {
    return yield* dialog
  } catch (error) {
    if (error instanceof ConnectionLost) throw fail('lost', error)
    if (error instanceof LimitExceeded) throw fail('not-a-proxy', error)
    if (error instanceof ProtocolViolation) throw fail('not-a-proxy', error, error.line)
    throw error
  }
}
