import { DEFAULT_DEADLINES } from '../wire/deadlines.ts'
import { checkClientCertificate } from './client-certificate.ts'
import type { Connection } from './connection.ts'
import { Aborted } from './errors.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import { checkPins } from './pins.ts'
import { certificateNameOf } from './host-name.ts'
import { connectThroughProxy } from './proxy-tunnel.ts'
import { refuseUnfit, refuseUnfitHost, refuseUnfitServername, settingsOf } from './settings.ts'
import { SocketConnection } from './socket-connection.ts'

/**
 * Connects to a server, through its proxy if it has one, and encrypts the connection when its `tls` is `'implicit'`.
 *
 * @throws ConnectionFailed when there is no way to the server, ProxyFailed when there is none through the proxy.
 * @throws TlsFailed when a check of the server's certificate or of TLS itself is not passed.
 * @throws ConnectionLost when the server hangs up during the handshake.
 * @throws TypeError when the server's `tls` is none of the three words, a pin is malformed, or the client certificate or its key can't be read.
 * @throws RangeError when the host, the servername, the port or a deadline is none, or something of the proxy can't be used.
 * @throws DeadlineExceeded, Aborted
 */
export async function openConnection(
  server: MailServer,
  options: ConnectionOptions = {},
): Promise<Connection> {
  refuseUnknownTls(server.tls)
  refuseUnfitHost('server', server.host)
  refuseUnfitServername(server.servername)
  if (options.signal?.aborted === true) throw new Aborted(options.signal.reason)
  const deadlines = settingsOf(DEFAULT_DEADLINES, options.deadlines)
  refuseUnfit('totalTimeoutMs', options.totalTimeoutMs ?? 0)
  checkClientCertificate(server)
  checkPins(server)
  const named = { ...server, servername: certificateNameOf(server) }
  const connection = await connect(named, options, deadlines.connectMs)
  if (server.tls === 'implicit') await connection.startTls(deadlines.tlsMs)
  return connection
}

async function connect(
  server: MailServer,
  options: ConnectionOptions,
  connectMs: number,
): Promise<SocketConnection> {
  const { proxy } = server
  if (proxy !== undefined) return connectThroughProxy({ ...server, proxy }, options, connectMs)
  const connection = new SocketConnection(server, options)
  await connection.connected(connectMs)
  return connection
}

/** Settings come from files too. What is not one of the three words must never come to mean clear text. */
function refuseUnknownTls(tlsSetting: unknown): void {
  if (TLS_SETTINGS.includes(tlsSetting)) return
  throw new TypeError(`the server's tls must be one of ${TLS_SETTINGS.join(', ')}`)
}

const TLS_SETTINGS: readonly unknown[] = ['implicit', 'starttls', 'none']
