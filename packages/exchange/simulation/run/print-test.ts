import type { ShrunkStory } from './shrink.ts'

/** A found failure as a test, ready for a file of `test/simulation/found/`. Its name is for a person to give: what must hold. */
export function printTest({ story, failure }: ShrunkStory): string {
  const { seed, shape, steps, neighbour } = story
  return [
    `import { describe } from 'node:test'`,
    ``,
    `import { itEndsWell } from '../it-ends-well.ts'`,
    ``,
    `describe('a world that failed once', () => {`,
    `  // ${failure.message.split('\n')[0] ?? ''}`,
    `  itEndsWell(${quoteText(`seed ${seed}: ${failure.rule}`)}, {`,
    `    seed: ${seed},`,
    `    shape: ${JSON.stringify(shape)},`,
    `    steps: [`,
    ...steps.map((step) => `      ${JSON.stringify(step)},`),
    `    ],`,
    ...(neighbour === undefined ? [] : [`    neighbour: ${JSON.stringify(neighbour)},`]),
    `  })`,
    `})`,
    ``,
  ].join('\n')
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`
}
