import { ProxyFailed, type ProxyFailure } from '../proxy/errors.ts'
import { formatAuthority, parseTunnelTarget } from '../proxy/target.ts'
import { openTunnel } from '../proxy/tunnel.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { drive } from './drive.ts'
import { ConnectionFailed, DeadlineExceeded, TlsFailed } from './errors.ts'
import { asciiHost, certificateNameOf } from './host-name.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import type { ProxyServer } from './proxy-server.ts'
import { refuseUnfitHost } from './settings.ts'
import { SocketConnection } from './socket-connection.ts'
import { startTimer } from './timer.ts'
import { TunnelLogger } from './tunnel-logger.ts'

/**
 * Connects to a mail server through a proxy. The connection is then as if there were none: nothing is encrypted yet.
 *
 * @param connectMs for all of it: reaching the proxy, TLS with it, and the proxy's reaching the mail server.
 * @throws ProxyFailed, DeadlineExceeded, Aborted
 * @throws TypeError, RangeError when the settings of the proxy can't be used, or the host is none that a proxy could be told.
 */
export async function connectThroughProxy(
  server: MailServer & { readonly proxy: ProxyServer },
  options: ConnectionOptions,
  connectMs: number,
): Promise<SocketConnection> {
  const { proxy } = server
  const front = frontOf(proxy)
  const target = parseTunnelTarget(asciiHost(server.host), server.port)
  const { credentials } = proxy
  const dialog = openTunnel({ proxy, credentials, target, timeoutMs: connectMs })
  const log = options.log === undefined ? undefined : new TunnelLogger(options.log)
  const connection = new SocketConnection(front, options, log)
  const timer = startTimer(connectMs, () =>
    connection.close(new DeadlineExceeded('connect', connectMs)),
  )
  try {
    await connection.connected(connectMs)
    if (front.tls === 'implicit') await connection.startTls(connectMs)
    const octets = await drive(dialog, connection)
    log?.endBefore(octets.length)
    connection.tunnelTo(server, octets)
    return connection
  } catch (error) {
    connection.close()
    throw explain(error, proxy, formatAuthority(target))
  } finally {
    clearTimeout(timer)
  }
}

/** The proxy as a server to connect to. Settings come from files too, so nothing is taken for granted. */
function frontOf({ kind, host, port, tls = 'none', ca }: ProxyServer): MailServer {
  const kinds: readonly unknown[] = ['socks5', 'http']
  if (!kinds.includes(kind)) throw new TypeError("the proxy's kind must be socks5 or http")
  const settings: readonly unknown[] = ['implicit', 'none']
  if (!settings.includes(tls)) throw new TypeError("the proxy's tls must be implicit or none")
  refuseUnfitHost('proxy', host)
  const front = { host, port, tls, ...(ca === undefined ? {} : { ca }) }
  return { ...front, servername: certificateNameOf(front) }
}

function explain(error: unknown, proxy: ProxyServer, target: string): unknown {
  const reason = reasonOf(error)
  if (reason === undefined) return error
  const hint = error instanceof TlsFailed ? error.hint : undefined
  return new ProxyFailed({ proxy, target, reason, cause: error, hint })
}

function reasonOf(error: unknown): ProxyFailure | undefined {
  if (error instanceof ConnectionFailed) return 'unreachable'
  if (error instanceof TlsFailed) return 'tls'
  return error instanceof ConnectionLost ? 'lost' : undefined
}
