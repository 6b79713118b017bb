import type { MailboxConnectionParameters } from './mailbox-connection-parameters.ts'

/** A connection to a mailbox, whatever the protocol. */
export abstract class MailboxConnection<
  Parameters extends MailboxConnectionParameters,
> implements AsyncDisposable {
  readonly #parameters: Parameters

  protected constructor(parameters: Parameters) {
    this.#parameters = parameters
  }

  protected get parameters(): Parameters {
    return this.#parameters
  }

  /** Whether letters that are marked for deletion go when what they are in is closed. */
  abstract get purgeOnDirectoryClose(): boolean

  /** Connects, if that was not done yet. */
  abstract connect(): Promise<this>

  /** Whether the connection was made, and has neither been closed nor been lost as far as anybody knows. */
  abstract isConnected(): boolean

  /** Closes the connection. Does nothing the second time. */
  abstract close(): Promise<void>

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  toJSON(): object {
    const { purgeOnDirectoryClose } = this
    return {
      server: this.#parameters.server,
      purgeOnDirectoryClose,
      isConnected: this.isConnected(),
    }
  }
}
