import { IllegalArgumentException } from './exception.ts'
import { readArguments } from './named-arguments.ts'

/** A length of time in parts, which are added. */
export interface DurationParts {
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** A length of time: milliseconds, or its parts: `{ seconds: 30 }`. */
export type Duration = number | DurationParts

const PART_NAMES = ['hours', 'minutes', 'seconds', 'milliseconds'] as const
const MILLISECONDS_IN = { hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 }

/** The longest that a timer of Node.js waits: more than that it takes for nothing. */
const MAX_TIMER_MS = 2_147_483_647

/** @throws IllegalArgumentException when it is negative or no time at all. */
export function toMilliseconds(name: string, duration: Duration): number {
  const milliseconds = typeof duration === 'number' ? duration : sumOf(duration)
  if (milliseconds >= 0) return Math.min(Math.ceil(milliseconds), MAX_TIMER_MS)
  throw new IllegalArgumentException(`${name} was refused: it can't be ${milliseconds} ms`)
}

function sumOf(duration: DurationParts): number {
  const parts = readArguments(duration, PART_NAMES)
  return PART_NAMES.reduce((sum, part) => sum + (parts[part] ?? 0) * MILLISECONDS_IN[part], 0)
}
