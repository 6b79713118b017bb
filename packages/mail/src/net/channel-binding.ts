import { createHash, type X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { ChannelBinding, ChannelBindingType } from '../sasl/environment.ts'

/** RFC 9266 §2. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding'
/** RFC 9266 §2: the length of the keying material. */
const EXPORTER_OCTETS = 32

/**
 * What an authentication can be bound to on this connection: to `tls-exporter` under TLS 1.3 (RFC 9266 §3), and to `tls-unique` below it, as RFC
 * 5802 §6.1 has it and servers of that time do.
 *
 * `tls-unique` is sound here although not every server has the extended master secret (RFC 7627 §1): the attack on it needs a session
 * that is resumed, and these connections never resume one.
 *
 * @param wanted another type, or that there shall be none.
 */
export function channelBindingOf(
  socket: TLSSocket,
  wanted?: ChannelBindingType | 'none',
): ChannelBinding | undefined {
  const isTls13 = socket.getProtocol() === 'TLSv1.3'
  const type = wanted ?? (isTls13 ? 'tls-exporter' : 'tls-unique')
  switch (type) {
    case 'none':
      return undefined
    case 'tls-exporter':
      return asBinding(type, isTls13 ? exportKeyingMaterial(socket) : undefined)
    case 'tls-unique':
      return asBinding(type, isTls13 || socket.isSessionReused() ? undefined : socket.getFinished())
    case 'tls-server-end-point':
      return asBinding(type, hashCertificate(socket.getPeerX509Certificate()))
  }
}

function asBinding(
  type: ChannelBindingType,
  octets: Uint8Array | undefined,
): ChannelBinding | undefined {
  return octets === undefined || octets.length === 0 ? undefined : { type, octets }
}

function exportKeyingMaterial(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(EXPORTER_OCTETS, EXPORTER_LABEL, Buffer.alloc(0))
}

/** RFC 5929 §4.1: with the hash of the certificate's signature; with SHA-256 where that is MD5 or SHA-1. */
function hashCertificate(certificate: X509Certificate | undefined): Uint8Array | undefined {
  if (certificate === undefined) return undefined
  const [, digits = ''] = /sha-?(256|384|512)/i.exec(certificate.signatureAlgorithm ?? '') ?? []
  const isOld = /md5|sha-?1(?!\d)/i.test(certificate.signatureAlgorithm ?? '')
  if (digits === '' && !isOld) return undefined
  return createHash(`sha${digits === '' ? '256' : digits}`)
    .update(certificate.raw)
    .digest()
}
