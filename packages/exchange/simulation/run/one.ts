import type { RunOptions } from './options.ts'
import { printTest } from './print-test.ts'
import { drawStory, runStory, type StoryOptions } from './run-world.ts'
import { shrink } from './shrink.ts'

/** Runs one world. A failure is shrunk and printed as a test. Gives the exit code. */
export async function runOne(options: RunOptions, print: (line: string) => void): Promise<number> {
  const story = drawStory(options.seed, storyOptions(options))
  const failure = await runStory(story, options.trace ? print : undefined)
  if (failure === undefined) {
    print(`seed ${options.seed}: all is well after ${story.steps.length} steps`)
    return 0
  }
  print(`seed ${options.seed} fails: ${failure.message}\nshrinking …`)
  const shrunk = await shrink(story, failure)
  print(`${shrunk.story.steps.length} steps are left after ${shrunk.tries} tries:\n`)
  print(printTest(shrunk))
  if (options.trace) await runStory(shrunk.story, print)
  return 1
}

export function storyOptions({ nodes, steps, postgres }: RunOptions): StoryOptions {
  return {
    ...(nodes !== undefined && { nodes }),
    ...(steps !== undefined && { steps }),
    ...(postgres && { postgres }),
  }
}
