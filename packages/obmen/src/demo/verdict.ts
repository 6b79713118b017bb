import type { Screen } from './screen.ts'

/** Collects what was checked, and shows it: the demo succeeds when everything is as it should be. */
export class Verdict {
  readonly #screen: Screen
  #wrong = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  check(isRight: boolean, text: string): void {
    this.#screen.mark(isRight, text)
    if (!isRight) this.#wrong += 1
  }

  get isGood(): boolean {
    return this.#wrong === 0
  }

  get wrongCount(): number {
    return this.#wrong
  }
}
