import { NO_OCTETS } from '../base/octets.ts'
import { ProtocolLogger } from '../wire/protocol-log.ts'

/**
 * Records the conversation with a proxy. The proxy's last octets may come together with the first of the mail server, which are received, and
 * recorded, once more later; so what came last is held back until it is known how much of it was the proxy's.
 */
export class TunnelLogger extends ProtocolLogger {
  #last: Uint8Array = NO_OCTETS

  override sent(...args: Parameters<ProtocolLogger['sent']>): void {
    this.#write()
    super.sent(...args)
  }

  override received(octets: Uint8Array): void {
    this.#write()
    this.#last = octets
  }

  override end(): void {
    this.#write()
    super.end()
  }

  /** The end, with so many octets that are not the proxy's. */
  endBefore(octets: number): void {
    this.#last = this.#last.subarray(0, this.#last.length - octets)
    this.end()
  }

  #write(): void {
    super.received(this.#last)
    this.#last = NO_OCTETS
  }
}
