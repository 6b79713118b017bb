import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const LF = 0x0a
const HYPHEN = 0x2d
/** Where a reply line has the hyphen that says that it is not the last. */
const HYPHEN_AT = 3

/**
 * Octets to an SMTP server as they are, and nothing read of its replies but where they end: the least that a client can do, and so the most that a
 * server takes over one connection.
 */
export class RawConnection {
  readonly #socket: Socket
  #replies = 0
  /** Octets of the line that is not at its end yet, and whether it is the last of its reply. */
  #lineOctets = 0
  #isLast = true
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (octets: Buffer) => this.#count(octets))
  }

  /** Connects, and greets. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const connection = new RawConnection(socket)
    await connection.replies(1)
    await connection.say('EHLO bench.example.org\r\n')
    await connection.replies(1)
    return connection
  }

  /** Resolves when there is room for more. */
  async say(octets: Uint8Array | string): Promise<void> {
    if (!this.#socket.write(octets)) await once(this.#socket, 'drain')
  }

  /** Resolves when there have been so many replies since the last time. */
  async replies(count: number): Promise<void> {
    while (this.#replies < count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    this.#replies -= count
  }

  close(): void {
    this.#socket.end('QUIT\r\n')
  }

  #count(octets: Buffer): void {
    for (const octet of octets) {
      if (this.#lineOctets++ === HYPHEN_AT) this.#isLast = octet !== HYPHEN
      if (octet !== LF) continue
      this.#lineOctets = 0
      if (this.#isLast) this.#replies++
    }
    this.#wake?.()
  }
}
