import { inPostgres, withLosses } from '../draw/draw-databases.ts'
import { drawShape } from '../draw/draw-shape.ts'
import { drawSteps } from '../draw/draw-steps.ts'
import { unmountDisks } from '../disk/memory-disk.ts'
import { Mailbox } from '../mail/mailbox.ts'
import { dropDatabases } from '../postgres/run-server.ts'
import { Random } from '../random/random.ts'
import { checkStrangeLetters } from '../world/checks.ts'
import { heal } from '../world/heal.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Step } from '../world/step.ts'
import { openWorld, type World } from '../world/world.ts'
import { WorldFailure } from '../world/world-failure.ts'

/** A world before it is run: everything that will happen in it. */
export interface Story {
  readonly seed: number
  readonly shape: WorldShape
  readonly steps: readonly Step[]
  /** Another world, of another plan, whose nodes have the same address. */
  readonly neighbour?: Story
}

export interface StoryOptions {
  /** No other plan has the same mailbox. */
  readonly alone?: boolean
  readonly nodes?: number
  readonly steps?: number
  /** Some nodes have their database in PostgreSQL. */
  readonly postgres?: boolean
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
  const story = drawAlone(random, seed, options)
  const chance = random.stream('neighbour')
  if (options.alone === true || !chance.percent(6)) return story
  const neighbourSeed = chance.next()
  const neighbour = drawAlone(new Random(neighbourSeed), neighbourSeed, options)
  const plan = chance.pick(NEIGHBOUR_PLANS)
  return { ...story, neighbour: { ...neighbour, shape: { ...neighbour.shape, plan } } }
}

/** Names that are almost the one of the other plan; an underscore separates what a letter's name says. */
const NEIGHBOUR_PLANS = ['УдаленныеСклады_ЦБ', 'УдаленныеСклады2', 'удаленныеСклады'] as const

function drawAlone(random: Random, seed: number, options: StoryOptions): Story {
  const { nodes, steps } = options
  const drawn = drawShape(random.stream('shape'), nodes)
  const shape = options.postgres === true ? inPostgres(drawn, random.stream('databases')) : drawn
  const drawnSteps = drawSteps(random, shape, steps ?? USUAL_STEPS)
  const isMixed = options.postgres === true
  return { seed, shape, steps: isMixed ? withLosses(drawnSteps, shape, random) : drawnSteps }
}

/** Lets everything happen, heals the world, and looks whether all is well. Gives what is not. */
export async function runStory(
  story: Story,
  tell?: (line: string) => void,
): Promise<Failure | undefined> {
  unmountDisks()
  dropDatabases()
  const mailbox = new Mailbox(story.shape.capacity)
  const world = await openWorld(story.shape, { seed: story.seed, mailbox, tell })
  const { neighbour } = story
  const other = neighbour && (await openNeighbour(neighbour, mailbox, tell))
  try {
    for (const [index, step] of story.steps.entries()) {
      await world.run([step])
      await other?.run(neighbour?.steps.slice(index, index + 1) ?? [])
    }
    await heal(world)
    if (other !== undefined) await heal(other)
    checkStrangeLetters(mailbox)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const rule = error instanceof WorldFailure ? error.rule : error.name
    const message = error instanceof WorldFailure ? error.message : (error.stack ?? error.message)
    return { rule, message }
  } finally {
    world.close()
    other?.close()
    dropDatabases()
  }
}

function openNeighbour(
  { seed, shape }: Story,
  mailbox: Mailbox,
  tell?: (line: string) => void,
): Promise<World> {
  return openWorld(shape, { seed, mailbox, tell: tell && ((line) => tell(`| ${line}`)) })
}
