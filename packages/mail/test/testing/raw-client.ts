import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

const latin1 = new TextDecoder('latin1')

/** A client that knows no protocol: it says what it is told to and waits for what it is told to. */
export class RawClient implements Disposable {
  #socket: Socket
  #received = ''
  #isOver = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  static connect(port: number): RawClient {
    return new RawClient(connectTcp(port, '127.0.0.1'))
  }

  static connectTls(port: number, ca: string): RawClient {
    return new RawClient(connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca }))
  }

  write(content: string | Uint8Array): void {
    this.#socket.write(content)
  }

  /** Says something and returns all that comes until a line matches. */
  async ask(
    content: string | Uint8Array,
    until: RegExp = /^([0-9]{3} |\+|-ERR).*\r\n/m,
  ): Promise<string> {
    this.write(content)
    return this.hear(until)
  }

  /** Everything received and not taken, as soon as it matches. */
  async hear(until: RegExp = /^([0-9]{3} |\+|-ERR).*\r\n/m): Promise<string> {
    while (!until.test(this.#received)) {
      if (this.#isOver) throw new Error(`the server hung up after: ${this.#received}`)
      await this.#change()
    }
    return this.#take()
  }

  /** Everything received and not taken, once the server has hung up. */
  async hearAll(): Promise<string> {
    while (!this.#isOver) await this.#change()
    return this.#take()
  }

  /** Goes on with TLS. */
  encrypt(ca: string): void {
    this.#socket.removeAllListeners()
    this.#socket = connectTls({ socket: this.#socket, servername: 'localhost', ca })
    this.#listen(this.#socket)
  }

  pause(): void {
    this.#socket.pause()
  }

  hangUp(): void {
    this.#socket.destroy()
  }

  [Symbol.dispose](): void {
    this.hangUp()
  }

  #listen(socket: Socket): void {
    socket.on('data', (octets: Uint8Array) => {
      this.#received += latin1.decode(octets)
      this.#wake()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  #take(): string {
    const received = this.#received
    this.#received = ''
    return received
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}
