/** After so long a line that stands is told again: who reads the end of a log shall see it. */
const AGAIN_AFTER_MS = 3_600_000

/**
 * What a program that goes on for good has told already, round by round. A line that stood in the round before is no news; trouble that is over is.
 *
 * @example
 * const told = new ToldBefore(() => io.now())
 * if (told.isNews(line)) io.err(line)
 * if (told.endRound() === 'trouble is over') io.err(thatItIsOver)
 */
export class ToldBefore {
  readonly #now: () => number
  /** When each line was told that was there in the last round, or is in this one. */
  readonly #toldAt = new Map<string, number>()
  readonly #ofThisRound = new Set<string>()
  #hasTrouble = false
  #hadTrouble = false
  #hasNews = false

  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether something was told in this round that was not in the one before. */
  get hasNews(): boolean {
    return this.#hasNews
  }

  /** Whether a line is to be told. */
  isNews(line: string): boolean {
    this.#ofThisRound.add(line)
    const toldAt = this.#toldAt.get(line)
    if (toldAt !== undefined && this.#now() - toldAt < AGAIN_AFTER_MS) return false
    this.#toldAt.set(line, this.#now())
    this.#hasNews = true
    return true
  }

  /** The same for an error, whose end will be told too. */
  isNewTrouble(line: string): boolean {
    this.#hasTrouble = true
    return this.isNews(line)
  }

  /** What did not come up in this round is news when it comes again. */
  endRound(): 'trouble is over' | undefined {
    const isOver = this.#hadTrouble && !this.#hasTrouble
    this.#hadTrouble = this.#hasTrouble
    this.#hasTrouble = false
    this.#hasNews = false
    for (const line of this.#toldAt.keys()) {
      if (!this.#ofThisRound.has(line)) this.#toldAt.delete(line)
    }
    this.#ofThisRound.clear()
    return isOver ? 'trouble is over' : undefined
  }
}
