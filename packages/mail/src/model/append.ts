/** Adds to an array in place: as many calls as there are elements must not take the square of their time. */
export function append<Element>(array: Element[], elements: readonly Element[]): void {
  for (const element of elements) array.push(element)
}
