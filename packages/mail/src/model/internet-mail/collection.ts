import { IllegalArgumentException } from '../exception.ts'

/**
 * What a letter has several of. It is an array, so `[0]`, `for … of` and all methods of arrays work; what is there beside them are the names that collections have in the
 * platform. Elements are made by `add` of the classes below.
 */
export abstract class InternetMailCollection<Element extends object> extends Array<Element> {
  /** `map`, `filter` and their like give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  /** How many elements there are. */
  count(): number {
    return this.length
  }

  /** An element by its index, counted from 0. @throws IllegalArgumentException when there is none. */
  get(index: number): Element {
    const element = this[index]
    if (element !== undefined) return element
    throw new IllegalArgumentException(
      `there is no element ${index}: there are ${this.length}, counted from 0`,
    )
  }

  /** Removes an element: itself, or the one with this index. @throws IllegalArgumentException when it is not there. */
  delete(element: Element | number): void {
    const index = typeof element === 'number' ? element : this.indexOf(element)
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new IllegalArgumentException('there is no such element to be deleted')
    }
    this.splice(index, 1)
  }

  /** Removes all elements. */
  clear(): void {
    this.length = 0
  }
}
