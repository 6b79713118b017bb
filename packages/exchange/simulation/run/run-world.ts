import { drawShape } from '../draw/draw-shape.ts'
import { drawSteps } from '../draw/draw-steps.ts'
import { Random } from '../random/random.ts'
import { heal } from '../world/heal.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Step } from '../world/step.ts'
import { openWorld } from '../world/world.ts'
import { WorldFailure } from '../world/world-failure.ts'

/** A world before it is run: everything that will happen in it. */
export interface Story {
  readonly seed: number
  readonly shape: WorldShape
  readonly steps: readonly Step[]
}

export interface StoryOptions {
  readonly nodes?: number
  readonly steps?: number
}

/** A failed world, with the rule that was broken. */
export interface Failure {
  readonly rule: string
  readonly message: string
}

/** Steps of a world when nobody says how many. */
const USUAL_STEPS = 16

export function drawStory(seed: number, options: StoryOptions = {}): Story {
  const random = new Random(seed)
  const shape = drawShape(random.stream('shape'), options.nodes)
  const steps = drawSteps(random, shape, options.steps ?? USUAL_STEPS)
  return { seed, shape, steps }
}

/** Lets everything happen, heals the world, and looks whether all is well. Gives what is not. */
export async function runStory(
  story: Story,
  tell?: (line: string) => void,
): Promise<Failure | undefined> {
  const world = await openWorld(story.shape, { seed: story.seed, tell })
  try {
    await world.run(story.steps)
    await heal(world)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const rule = error instanceof WorldFailure ? error.rule : error.name
    const message = error instanceof WorldFailure ? error.message : (error.stack ?? error.message)
    return { rule, message }
  } finally {
    world.close()
  }
}
