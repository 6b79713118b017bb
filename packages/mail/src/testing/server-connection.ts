import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { TLSSocket, type SecureContext } from 'node:tls'
import zlib from 'node:zlib'
import { concatOctets } from '../base/octets.ts'
import type { ChannelBinding, ChannelBindingType } from '../sasl/environment.ts'

/**
 * The server's end of a connection: reads when asked, gathers what is written until it is flushed.
 *
 * A client that goes away is nothing that a server can do something about, so nothing here throws because of it:
 * {@link read} returns `null` and {@link isOpen} turns false.
 */
export class ServerConnection {
  #socket: Socket
  #pending: Uint8Array[] = []
  readonly #asksForCertificate: boolean
  #deflate: zlib.DeflateRaw | undefined
  #inflate: zlib.InflateRaw | undefined

  /** @param options Whether a client may show a certificate in TLS. */
  constructor(socket: Socket, options: { readonly asksForCertificate?: boolean } = {}) {
    this.#socket = socket
    this.#asksForCertificate = options.asksForCertificate ?? false
    // A reply is small and somebody waits for it: it must not wait for the acknowledgement of the one before.
    socket.setNoDelay(true)
    ignoreErrors(socket)
  }

  get isOpen(): boolean {
    return this.#socket.writable && !this.#socket.destroyed
  }

  /** The next octets, or `null` when no more will come. */
  async read(): Promise<Uint8Array | null> {
    const source = this.#inflate ?? this.#socket
    for (;;) {
      const octets: unknown = source.read()
      if (octets instanceof Uint8Array) return octets
      if (source.readableEnded || source.destroyed || this.#socket.destroyed) return null
      await nextChange(source)
    }
  }

  write(octets: Uint8Array): void {
    this.#pending.push(octets)
  }

  /** Sends what was written. Settles when the system has taken it or the connection is gone. */
  async flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    if (pending.length === 0 || !this.isOpen) return
    await new Promise<void>((resolve) => {
      const deflate = this.#deflate
      if (deflate === undefined) this.#socket.write(concatOctets(pending), () => resolve())
      else {
        deflate.write(concatOctets(pending))
        deflate.flush(zlib.constants.Z_SYNC_FLUSH, resolve)
      }
    })
  }

  /** Everything from here on, both ways, is compressed (RFC 4978 §4), behind what was written. */
  async compress(): Promise<void> {
    await this.flush()
    const socket = this.#socket
    const deflate = zlib.createDeflateRaw()
    const inflate = zlib.createInflateRaw()
    ignoreErrors(inflate)
    deflate.on('data', (octets: Uint8Array) => socket.write(octets))
    socket.pipe(inflate)
    socket.once('close', () => {
      deflate.destroy()
      inflate.destroy()
    })
    this.#deflate = deflate
    this.#inflate = inflate
  }

  /** Whether TLS has begun. */
  get isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket
  }

  /** What a login can be bound to; `undefined` when there is nothing of the kind. */
  channelBinding(type: ChannelBindingType): ChannelBinding | undefined {
    const socket = this.#socket
    if (!(socket instanceof TLSSocket)) return undefined
    const isTls13 = socket.getProtocol() === 'TLSv1.3'
    if (type === 'tls-exporter' && isTls13) {
      const octets = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
      return { type, octets }
    }
    // RFC 5929 §3.1: the first Finished message, which is that of the client.
    const octets = type === 'tls-unique' && !isTls13 ? socket.getPeerFinished() : undefined
    return octets && { type, octets }
  }

  /** Of the certificate that the client has shown in TLS. */
  get fingerprint(): string | undefined {
    const socket = this.#socket
    return socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined
  }

  /** Everything from here on is TLS; a handshake that fails closes the connection. */
  encrypt(secureContext: SecureContext): void {
    const plain = this.#socket
    this.#socket = new TLSSocket(plain, {
      isServer: true,
      secureContext,
      // Who it is is told by its fingerprint, whoever has signed it.
      requestCert: this.#asksForCertificate,
      rejectUnauthorized: false,
    })
    ignoreErrors(this.#socket)
    let isSecure = false
    this.#socket.once('secure', () => {
      isSecure = true
    })
    // Before the handshake is over nothing can be read but its end: Node leaves the socket of a client that goes away then open.
    this.#socket.once('readable', () => {
      if (!isSecure) plain.destroy()
    })
  }

  /** Sends what was written, says that no more will come, and closes. */
  async end(): Promise<void> {
    await this.flush()
    this.#socket.destroySoon()
  }

  /** Breaks the connection at once. What was flushed may still arrive. */
  destroy(): void {
    this.#pending = []
    this.#socket.destroy()
  }
}

/** An error is always followed by `close`, which is what {@link ServerConnection.read} looks at. */
function ignoreErrors(socket: Socket | zlib.InflateRaw): void {
  socket.on('error', () => undefined)
}

const CHANGES = ['readable', 'end', 'close'] as const

async function nextChange(stream: Readable): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      for (const change of CHANGES) stream.off(change, settle)
      resolve()
    }
    for (const change of CHANGES) stream.on(change, settle)
  })
}
