import { Buffer } from 'node:buffer'

import type { LetterBox, LetterBoxLook, LetterHead } from '../../src/transport/letter-box.ts'
import type { TransportOptions } from './sim-transport.ts'
import type { Letter, Mailbox } from './mailbox.ts'

/** The mailbox as one node has opened it. Letters have numbers, and any call may fail. */
export class SimLetterBox implements LetterBox {
  readonly #options: TransportOptions
  readonly #mailbox: Mailbox
  readonly #removed = new Set<Letter>()
  #letters: readonly Letter[] = []
  #known: readonly string[] = []

  constructor(options: TransportOptions) {
    this.#options = options
    this.#mailbox = options.mailbox
  }

  look(known: ReadonlySet<string>): Promise<LetterBoxLook> {
    return this.#options.gate.at('look', () => {
      this.#letters = this.#mailbox.here(this.#options.nowMs())
      const isKnown = ({ uniqueId }: Letter): boolean => known.has(uniqueId)
      this.#known = this.#letters.filter(isKnown).map(({ uniqueId }) => uniqueId)
      const unknown = [...this.#letters.entries()].filter(([, letter]) => !isKnown(letter))
      return {
        letterCount: this.#letters.length,
        unknown: unknown.map(([index]) => index + 1),
      }
    })
  }

  async *heads(numbers: readonly number[]): AsyncGenerator<LetterHead, void, undefined> {
    for (const number of numbers) {
      const octets = headOf(this.#letter(number).octets)
      yield await Promise.resolve({ kind: 'header', number, octets, isDeleted: false } as const)
    }
  }

  memoryOf(foreign: ReadonlySet<number>): ReadonlySet<string> {
    const found = [...foreign].map((number) => this.#letter(number).uniqueId)
    return new Set([...this.#known, ...found])
  }

  beginning(number: number): Promise<Uint8Array> {
    return this.#options.gate.at('read the beginning', () => this.#letter(number).octets)
  }

  retrieve(number: number, sink: (octets: Uint8Array) => void | Promise<void>): Promise<boolean> {
    const { gate, onFetched } = this.#options
    return gate.at('fetch', async () => {
      const letter = this.#letter(number)
      onFetched(letter)
      const half = letter.octets.length >> 1
      await sink(letter.octets.subarray(0, half))
      await gate.at('fetch on', () => sink(letter.octets.subarray(half)))
      return true
    })
  }

  passAttachment(): Promise<boolean> {
    return Promise.resolve(false)
  }

  remove(number: number): Promise<void> {
    const { gate, shape, onRemoved } = this.#options
    return gate.at('remove', () => {
      const letter = this.#letter(number)
      onRemoved(letter)
      this.#removed.add(letter)
      if (shape.removal === 'at once') this.#mailbox.remove(this.#removed)
    })
  }

  isOfOneLetter(_error: unknown): _error is never {
    return false
  }

  keepAlive(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return this.#options.gate.at('quit', () => this.#mailbox.remove(this.#removed))
  }

  #letter(number: number): Letter {
    const letter = this.#letters[number - 1]
    if (letter === undefined) throw new RangeError(`there is no letter ${number}`)
    return letter
  }
}

/** What stands before the first empty line. */
function headOf(letter: Uint8Array): Uint8Array {
  const octets = Buffer.from(letter.buffer, letter.byteOffset, letter.byteLength)
  const end = octets.indexOf('\r\n\r\n')
  return end < 0 ? octets : octets.subarray(0, end + 2)
}
