/** What a server tells about a letter before it is asked for its content. */
export interface MaildropLetter {
  /** 1 to 70 characters, the same in every session (RFC 1939 §7, UIDL). */
  readonly uniqueId: string
  readonly sizeOctets: number
}

/** A letter under its number in this session (RFC 1939 calls it "message-number"). */
export interface NumberedLetter extends MaildropLetter {
  readonly number: number
}

/**
 * The letters of one POP3 session: fixed when it opens, numbered from 1, and only marked when they are deleted, so
 * that a number never comes to mean another letter.
 */
export class ServerMaildrop {
  readonly #letters: readonly NumberedLetter[]
  readonly #deleted = new Set<NumberedLetter>()

  constructor(letters: readonly MaildropLetter[]) {
    this.#letters = letters.map(({ uniqueId, sizeOctets }, index) => ({
      number: index + 1,
      uniqueId,
      sizeOctets,
    }))
  }

  get count(): number {
    return this.#letters.length - this.#deleted.size
  }

  get sizeOctets(): number {
    return this.remaining().reduce((sum, letter) => sum + letter.sizeOctets, 0)
  }

  remaining(): readonly NumberedLetter[] {
    return this.#letters.filter((letter) => !this.#deleted.has(letter))
  }

  deleted(): readonly NumberedLetter[] {
    return this.#letters.filter((letter) => this.#deleted.has(letter))
  }

  /** The letter with this number, as it stands in a command; `undefined` when there is none or it is deleted. */
  find(argument: string): NumberedLetter | undefined {
    if (!/^[0-9]{1,9}$/.test(argument)) return undefined
    const letter = this.#letters[Number(argument) - 1]
    return letter === undefined || this.#deleted.has(letter) ? undefined : letter
  }

  /** Marks a letter as deleted. `false` says that there is none with this number. */
  delete(argument: string): boolean {
    const letter = this.find(argument)
    if (letter === undefined) return false
    this.#deleted.add(letter)
    return true
  }

  /** Takes all deletion marks off. */
  reset(): void {
    this.#deleted.clear()
  }
}
