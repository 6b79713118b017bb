import type { MailError } from '../base/mail-error.ts'
import type { DeliveryRequest } from './delivery.ts'
import type { ForwardPath, ReversePath } from './path.ts'
import type { Reply } from './reply.ts'

/** Whom a letter comes from and goes to, independent of what stands in its header section (RFC 5321 §2.3.1). */
export interface Envelope {
  readonly reversePath: ReversePath
  readonly forwardPaths: readonly [ForwardPath, ...ForwardPath[]]
  /** What the servers on the way are asked for beyond delivery. */
  readonly delivery?: DeliveryRequest
}

/** What became of a letter, for one of its recipients. */
export type RecipientOutcome =
  | {
      /**
       * `'accepted'`: the server has taken over the responsibility (RFC 5321 §6.1).
       * `'deferred'`: not now; the same letter may be sent to this recipient again later.
       * `'rejected'`: no; sending the same letter again will not help.
       */
      readonly kind: 'accepted' | 'deferred' | 'rejected'
      readonly forwardPath: ForwardPath
      /** The reply that decided it. */
      readonly reply: Reply
      readonly cause?: undefined
    }
  | {
      /**
       * The conversation broke off after the content had been sent. The server may have taken the letter over or not; whoever
       * sends it again must expect that it arrives twice (RFC 5321 §4.5.3.2.6, RFC 1047).
       */
      readonly kind: 'unknown'
      readonly forwardPath: ForwardPath
      readonly reply?: undefined
      /** What broke it off. */
      readonly cause: MailError
    }

/** What became of a letter: one outcome for each recipient, in the order of the envelope. */
export interface SendingOutcome {
  readonly recipients: readonly RecipientOutcome[]
}
