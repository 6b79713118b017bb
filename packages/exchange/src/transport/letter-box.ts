/** The port between the inbox of an exchange and the protocol that a mailbox is read by. */
import type { MailError } from '@obmen/mail/errors'

/** What was found at a first look. */
export interface LetterBoxLook {
  /** How many letters are in the mailbox. */
  readonly letterCount: number
  /** Those that are not known to be foreign, by their numbers. */
  readonly unknown: readonly number[]
}

/** The beginning of a letter, or why it can't be had. */
export type LetterHead =
  | {
      readonly kind: 'header'
      readonly number: number
      /** Of the header section at least what tells a letter of an exchange. */
      readonly octets: Uint8Array
      /** Somebody has removed it already, and it is there all the same until the mailbox is cleared. */
      readonly isDeleted: boolean
    }
  | { readonly kind: 'failed'; readonly number: number; readonly error: MailError }

/**
 * An open mailbox. Letters are named by numbers that hold until it is closed. Nothing is changed in it, nor marked as read, but by
 * {@link remove}.
 */
export interface LetterBox {
  /** Looks what is there beside the letters that `known` says are foreign: what {@link memoryOf} said at an earlier look. */
  look(known: ReadonlySet<string>): Promise<LetterBoxLook>

  /** The heads of these letters, in a few round trips. A letter that is gone is passed over. */
  heads(numbers: readonly number[]): AsyncIterable<LetterHead>

  /** What to remember when these are the foreign ones among the unknown; `undefined` when letters can't be known again. */
  memoryOf(foreign: ReadonlySet<number>): ReadonlySet<string> | undefined

  /** So much of a letter that the head of its first attachment stands in it, whatever text comes before. */
  beginning(letter: number): Promise<Uint8Array>

  /**
   * Passes a whole letter to the sink, in constant memory.
   *
   * @returns whether it was there, and the server did not refuse it for good. What was passed before counts for nothing then.
   */
  retrieve(letter: number, sink: (octets: Uint8Array) => void | Promise<void>): Promise<boolean>

  /**
   * Passes the content of the first attachment with such a name to the sink, without the rest of the letter.
   *
   * @returns whether it was found so. Otherwise nothing was passed, and the letter has to be read whole.
   */
  passAttachment(
    letter: number,
    isWanted: (fileName: string) => boolean,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<boolean>

  /** Removes one letter, and no other. May take effect only with {@link close}. */
  remove(letter: number): Promise<void>

  /** Whether it was this letter that was refused, and others can be read all the same. */
  isOfOneLetter(error: unknown): error is MailError

  /** Says that nothing is wanted, so that the server does not hang up (RFC 1939 §5, RFC 9051 §5.4). */
  keepAlive(): Promise<void>

  close(): Promise<void>
}
