/**
 * The port between an exchange and whatever carries its messages: a mailbox, a folder, a test.
 */
import type { MessageFileName } from '../message/file-name.ts'
import type { Epoch } from '../plan/epoch.ts'
import type { MessageNo } from '../plan/message-no.ts'

export interface Transport {
  /**
   * Hands a message over. May be called again before it has resolved: messages go in the order of the calls. Resolves when somebody else is responsible for it. Throws {@link DeliveryRefused} when it
   * was not taken and never will be, {@link DeliveryDeferred} when it was not taken now, {@link DeliveryUnknown} when it may
   * or may not have been taken: the same message may then be delivered again.
   */
  deliver(message: OutgoingMessage): Promise<void>

  /** How many octets a letter may have, if that is known. */
  sizeLimit?(): Promise<number | undefined>

  /** Opens what was delivered for this node. One inbox at a time. */
  openInbox(): Promise<Inbox>

  close(): Promise<void>
}

export interface OutgoingMessage {
  readonly name: MessageFileName
  /** Written on the outside for the receiver's transport. */
  readonly hint: MessageHint
  readonly rowCount: number
  /** Wall clock in milliseconds. */
  readonly writtenAt: number
  readonly sizeOctets: number
  /** The octets of the message's file. May be called again for another try. */
  content(): AsyncIterable<Uint8Array>
}

export interface Inbox {
  /** Why letters could not even be looked at, after {@link waiting}: each is told once, if the transport can remember it. */
  readonly unreadable?: readonly Error[]

  /** The messages for this node of this plan, in no particular order. Looks at nothing else and changes nothing. */
  waiting(): Promise<readonly WaitingMessage[]>

  /** Passes the octets of the message's file to `sink`, in constant memory. The message stays where it is. */
  fetch(message: WaitingMessage, sink: (octets: Uint8Array) => void | Promise<void>): Promise<void>

  /**
   * Whether the next {@link fetch} of the message takes another way than the last: what a server tells of a letter may be wrong, and its octets be whole all
   * the same.
   */
  hasOtherWay?(message: WaitingMessage): boolean

  /** Removes one message. May take effect only with {@link close}. */
  remove(message: WaitingMessage): Promise<void>

  /** Lets the other side know that somebody is still there. Called while a long message is applied. */
  keepAlive?(): Promise<void>

  /** Ends the look and makes removals effective. */
  close(): Promise<void>
}

export interface WaitingMessage {
  readonly name: MessageFileName
  /** What the sender wrote on the outside. It saves a download, and nothing more: it may be missing or forged. */
  readonly hint?: MessageHint
}

export interface MessageHint {
  readonly epoch: Epoch
  readonly uuid: string
  readonly baseNo: MessageNo
}
