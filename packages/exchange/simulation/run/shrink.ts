import type { Statement, Step } from '../world/step.ts'
import { type Failure, runStory, type Story } from './run-world.ts'

/** A story that still fails by the same rule, with as little in it as could be found. */
export interface ShrunkStory {
  readonly story: Story
  readonly failure: Failure
  /** How many worlds it took. */
  readonly tries: number
}

/** Runs a story and gives what is wrong with it. */
export type RunStory = (story: Story) => Promise<Failure | undefined>

/** Some failures need a long story; nobody waits for the shortest one. */
const MAX_TRIES = 2000

/**
 * Leaves out steps as long as the world still fails by the same rule (delta debugging: halves, quarters, … single steps), then
 * what is in the steps.
 */
export async function shrink(
  story: Story,
  failure: Failure,
  run: RunStory = runStory,
): Promise<ShrunkStory> {
  const shrinker = new Shrinker(story, failure, run)
  await shrinker.leaveOutNeighbour()
  for (let before = Number.POSITIVE_INFINITY; shrinker.size < before;) {
    before = shrinker.size
    await shrinker.leaveOutSteps()
    await shrinker.simplifySteps()
  }
  return shrinker.result
}

class Shrinker {
  #story: Story
  #failure: Failure
  readonly #run: RunStory
  #tries = 0

  constructor(story: Story, failure: Failure, run: RunStory) {
    this.#run = run
    this.#story = story
    this.#failure = failure
  }

  get size(): number {
    return JSON.stringify(this.#story.steps).length
  }

  get result(): ShrunkStory {
    return { story: this.#story, failure: this.#failure, tries: this.#tries }
  }

  async leaveOutNeighbour(): Promise<void> {
    const { neighbour, ...alone } = this.#story
    if (neighbour !== undefined) await this.#stillFails(alone)
  }

  async leaveOutSteps(): Promise<void> {
    let size = Math.ceil(this.#story.steps.length / 2)
    while (size >= 1) {
      let hasShrunk = false
      for (let begin = 0; begin < this.#story.steps.length;) {
        const { steps } = this.#story
        const rest = [...steps.slice(0, begin), ...steps.slice(begin + size)]
        if (await this.#stillFailsWith(rest)) hasShrunk = true
        else begin += size
      }
      if (!hasShrunk || size > 1) size = size === 1 ? 0 : Math.ceil(size / 2)
    }
  }

  async simplifySteps(): Promise<void> {
    for (let index = 0; index < this.#story.steps.length; index += 1) {
      let candidates = this.#simplerThan(index)
      for (let next = candidates.shift(); next !== undefined; next = candidates.shift()) {
        const steps = this.#story.steps.with(index, next)
        if (await this.#stillFailsWith(steps)) candidates = this.#simplerThan(index)
      }
    }
  }

  #simplerThan(index: number): Step[] {
    const step = this.#story.steps[index]
    return step === undefined ? [] : simplerSteps(step)
  }

  #stillFailsWith(steps: readonly Step[]): Promise<boolean> {
    return this.#stillFails({ ...this.#story, steps })
  }

  async #stillFails(story: Story): Promise<boolean> {
    if (this.#tries >= MAX_TRIES) return false
    this.#tries += 1
    const failure = await this.#run(story)
    if (failure?.rule !== this.#failure.rule) return false
    this.#story = story
    this.#failure = failure
    return true
  }
}

/** What a step could be with less in it. */
function simplerSteps(step: Step): Step[] {
  if (step.kind === 'write') {
    const shorter = step.statements.map((_, index) => step.statements.toSpliced(index, 1))
    return [
      ...shorter.filter((statements) => statements.length > 0),
      ...step.statements.flatMap((statement, index) =>
        simplerStatements(statement).map((simpler) => step.statements.with(index, simpler)),
      ),
    ].map((statements) => ({ ...step, statements }))
  }
  if (step.kind !== 'exchange') return []
  const { mishap, ...undisturbed } = step
  const { loss, ...connected } = step
  const simpler: Step[] = mishap === undefined ? [] : [undisturbed]
  if (loss !== undefined) simpler.push(connected)
  for (const index of step.fates.keys()) {
    simpler.push({ ...step, fates: step.fates.toSpliced(index, 1) })
  }
  return simpler
}

function simplerStatements(statement: Statement): Statement[] {
  const { otherKey, key } = statement
  return otherKey === key || statement.verb === 'rekey' ? [] : [{ ...statement, otherKey: key }]
}
