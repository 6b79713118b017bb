import { Secret } from '../../src/base/secret.ts'
import { parseTunnelTarget } from '../../src/proxy/target.ts'
import { openTunnel, type TunnelRequest } from '../../src/proxy/tunnel.ts'
import type { Dialog } from '../../src/wire/dialog.ts'

export const PASSWORD = 'tanstaaftanstaaf'
export const credentials = { user: 'tim', password: new Secret(PASSWORD) }

/** Has a proxy connect to a mail server, by default `mail.example.org:25`. */
export function open(
  kind: 'socks5' | 'http',
  facts: Partial<TunnelRequest> & { readonly host?: string; readonly port?: number } = {},
): Dialog<Uint8Array> {
  const { host = 'mail.example.org', port = 25, ...rest } = facts
  return openTunnel({
    proxy: { kind, host: 'proxy.example.org', port: 1080 },
    target: parseTunnelTarget(host, port),
    timeoutMs: 1_000,
    ...rest,
  })
}
