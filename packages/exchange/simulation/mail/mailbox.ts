import type { MessageFileName, MessageHint } from '@obmen/exchange'

import type { LetterContent } from '../model/letter-rows.ts'

/** A letter in the mailbox that all nodes share. */
export interface Letter {
  readonly name: MessageFileName
  readonly hint: MessageHint | undefined
  readonly octets: Uint8Array
  readonly arrivesAtMs: number
  /** What its sender wrote, when the letter is as it was sent. */
  readonly content: LetterContent | undefined
  /** Somebody else wrote it, or it was altered on its way. */
  readonly isFalse: boolean
  /** Nobody can read it before a later version of the program is there. */
  readonly isTooNew: boolean
}

/** The mailbox of the exchange, and of the people and programs that share it. */
export class Mailbox {
  letters: readonly Letter[] = []
  /** Letters that it holds. */
  capacity: number
  refusesUntilMs = 0
  /** Letters handed in so far. */
  posted = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  here(nowMs: number): readonly Letter[] {
    return this.letters.filter(({ arrivesAtMs }) => arrivesAtMs <= nowMs)
  }

  add(letters: readonly Letter[]): void {
    this.letters = [...this.letters, ...letters]
  }

  remove(letters: ReadonlySet<Letter>): void {
    if (letters.size > 0) this.letters = this.letters.filter((letter) => !letters.has(letter))
  }

  /** Another order of the letters that are here: mail servers promise none. */
  shuffle(by: number): void {
    const { letters } = this
    const middle = by % Math.max(letters.length, 1)
    this.letters = [...letters.slice(middle), ...letters.slice(0, middle).toReversed()]
  }
}
