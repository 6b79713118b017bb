import type { MailError } from '../base/mail-error.ts'
import type { ChannelBinding } from '../sasl/environment.ts'
import type { ProtocolLogger } from '../wire/protocol-log.ts'

/** What else is known of octets that are handed over. */
export interface HandOverOptions {
  /** More is handed over at once, and these may wait for it. */
  readonly isContinued?: boolean
  /** They are given back when this resolves or returns, and so are those before, that they continue: until then they have left, or were copied. */
  readonly isLent?: boolean
}

/**
 * A connection to a mail server, as an engine sees it: the port that `drive` runs a dialog over. Operations follow one
 * another; none is begun while another is pending. Each settles exactly once, by its deadline at the latest.
 *
 * A failed operation is the end of the connection: what is asked of it later rejects with the same error.
 */
export interface Connection {
  readonly isEncrypted: boolean
  /** Aborts, with the error as its reason, when this side closes the connection. The peer's closing does not show here. */
  readonly closed: AbortSignal
  /**
   * Aborts, with the error as its reason, as soon as nothing more can come from the peer: it has closed its side, or the connection has ended in
   * another way. What came before can still be received.
   */
  readonly ended: AbortSignal
  /** Where the conversation is recorded, if it is. */
  readonly log?: ProtocolLogger | undefined
  /**
   * Hands octets over. Resolves, or returns at once, when there is room for more, which may be before they have left; so they belong to the connection
   * and must not be changed afterwards, unless they are lent.
   */
  send(octets: Uint8Array, timeoutMs: number, options?: HandOverOptions): Promise<void> | undefined
  /**
   * The next octets, at least one; `null` when the peer has closed and everything before that was received.
   *
   * @param spentMs how much of `timeoutMs` was used up by earlier pieces of the same line.
   */
  receive(timeoutMs: number, spentMs?: number): Promise<Uint8Array | null> | Uint8Array
  /** Resolves as soon as something can be received, the peer has ended, `interrupt` settles or the time is over. */
  arrival(forMs: number, interrupt: PromiseLike<unknown>): Promise<void>
  /**
   * What has arrived and was not received yet; `undefined` when that is nothing. Does not wait for the peer.
   *
   * @param options `isInPassing` says that what was read already is enough, as long as the system is asked now and then.
   */
  poll(options?: {
    readonly isInPassing?: boolean
  }): Promise<Uint8Array | undefined> | Uint8Array | undefined
  /** Encrypts the connection from here on, with the peer's certificate verified. Refused when octets in clear text are unread. */
  startTls(timeoutMs: number): Promise<void>
  /** What an authentication on this connection can be bound to; `undefined` when it is not encrypted, or has nothing of the kind. */
  channelBinding(): ChannelBinding | undefined
  /** Drops the connection, whatever is under way. What is pending, and what is asked later, rejects with the reason. */
  close(reason?: MailError): void
}
