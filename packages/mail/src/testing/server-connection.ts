import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { concatOctets } from '../base/octets.ts'

/**
 * The server's end of a connection: reads when asked, gathers what is written until it is flushed.
 *
 * A client that goes away is nothing that a server can do something about, so nothing here throws because of it:
 * {@link read} returns `null` and {@link isOpen} turns false.
 */
export class ServerConnection {
  #socket: Socket
  #pending: Uint8Array[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    // A reply is small and somebody waits for it: it must not wait for the acknowledgement of the one before.
    socket.setNoDelay(true)
    ignoreErrors(socket)
  }

  get isOpen(): boolean {
    return this.#socket.writable && !this.#socket.destroyed
  }

  /** The next octets, or `null` when no more will come. */
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const octets: unknown = this.#socket.read()
      if (octets instanceof Uint8Array) return octets
      if (this.#socket.readableEnded || this.#socket.destroyed) return null
      await nextChange(this.#socket)
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
      this.#socket.write(concatOctets(pending), () => resolve())
    })
  }

  /** Everything from here on is TLS; a handshake that fails closes the connection. */
  encrypt(secureContext: SecureContext): void {
    const plain = this.#socket
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext })
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
function ignoreErrors(socket: Socket): void {
  socket.on('error', () => undefined)
}

const CHANGES = ['readable', 'end', 'close'] as const

async function nextChange(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      for (const change of CHANGES) socket.off(change, settle)
      resolve()
    }
    for (const change of CHANGES) socket.on(change, settle)
  })
}
