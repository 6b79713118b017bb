import { Buffer } from 'node:buffer'

import type { MessageFileName } from '@obmen/exchange'

import type { LetterContent } from '../model/letter-rows.ts'

/** A letter in the mailbox, as its octets lie there. */
export interface Letter {
  /** Names it for as long as it is there, as UIDL and UIDs do. */
  readonly uniqueId: string
  readonly octets: Uint8Array
  readonly arrivesAtMs: number
  /** What an exchange has to do with it; without it the letter is somebody else's. */
  readonly message?: CarriedMessage
}

/** What a letter of an exchange carries, or says that it carries. */
export interface CarriedMessage {
  readonly name: MessageFileName
  /** The attached file. */
  readonly file: Uint8Array
  /** What its sender wrote, when the letter is as it was sent. */
  readonly content: LetterContent | undefined
  /** Somebody else wrote it, or it was altered on its way. */
  readonly isFalse: boolean
  /** Nobody can read it before a later version of the program is there. */
  readonly isTooNew: boolean
}

/** A letter that carries a message. */
export type MessageLetter = Letter & { readonly message: CarriedMessage }

/** The mailbox behind the one address that all nodes, other exchanges and people have. */
export class Mailbox {
  letters: readonly Letter[] = []
  /** Letters of exchanges that it holds. */
  capacity: number
  refusesUntilMs = 0
  /** Letters handed in so far. */
  posted = 0
  /** Letters of others, which stay for ever, and the octets that each of them has. */
  readonly #strange = new Map<Letter, Uint8Array>()
  #count = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  here(nowMs: number): readonly Letter[] {
    return this.letters.filter(({ arrivesAtMs }) => arrivesAtMs <= nowMs)
  }

  /** The letters of one plan's exchange. */
  ofPlan(plan: string): readonly MessageLetter[] {
    return this.letters.filter(carriesMessage).filter(({ message }) => message.name.plan === plan)
  }

  get isFull(): boolean {
    return this.letters.length - this.#strange.size >= this.capacity
  }

  add(letter: Omit<Letter, 'uniqueId'>): void {
    this.#count += 1
    const added = { ...letter, uniqueId: `uid-${this.#count}` }
    this.letters = [...this.letters, added]
    if (added.message === undefined) this.#strange.set(added, Uint8Array.from(added.octets))
  }

  remove(letters: ReadonlySet<Letter>): void {
    if (letters.size > 0) this.letters = this.letters.filter((letter) => !letters.has(letter))
  }

  /** All letters of the plan arrive at last. */
  deliverAll(plan: string): void {
    this.letters = this.letters.map((letter) => {
      return letter.message?.name.plan === plan ? { ...letter, arrivesAtMs: 0 } : letter
    })
  }

  /** Another order of the letters that are here: mail servers promise none. */
  shuffle(by: number): void {
    const { letters } = this
    const middle = by % Math.max(letters.length, 1)
    this.letters = [...letters.slice(middle), ...letters.slice(0, middle).toReversed()]
  }

  /** A letter of somebody else that is gone, or not what it was. */
  touchedLetter(): string | undefined {
    const here = new Set(this.letters)
    for (const [letter, octets] of this.#strange) {
      if (!here.has(letter)) return `${letter.uniqueId} is gone`
      if (Buffer.compare(letter.octets, octets) !== 0) return `${letter.uniqueId} is altered`
    }
    return undefined
  }
}

function carriesMessage(letter: Letter): letter is MessageLetter {
  return letter.message !== undefined
}
