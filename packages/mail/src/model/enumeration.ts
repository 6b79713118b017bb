import { printAs } from './print-as.ts'

/** A value of an enumeration: one of a few objects that are compared by identity. */
export abstract class Enumeration {
  readonly #name: string
  readonly #index: number

  protected constructor(name: string, index: number) {
    this.#name = name
    this.#index = index
  }

  /** Its place in the enumeration, counted from 0. */
  get index(): number {
    return this.#index
  }

  /** The name, in English whatever vocabulary is used: `High`. */
  toString(): string {
    return this.#name
  }

  /** The same text as {@link toString}. */
  presentation(): string {
    return this.#name
  }

  toJSON(): string {
    return this.#name
  }
}

printAs(Enumeration, (value) => `${value.constructor.name}.${value.toString()}`)
