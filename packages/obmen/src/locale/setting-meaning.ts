import type { ConfigInvalid } from '../errors/config-error.ts'
import type { ConfigComments } from './messages.ts'

/** What a setting is, for a person whose value for it can't be taken. */
export interface SettingMeaning {
  /** A line as it could stand in the file, or a value for an option. */
  readonly example: string
  /** The comment that stands above it in a new file. */
  readonly text: string
}

/** What a setting means whose value is no number or out of range; `undefined` where the error says all there is to say. */
export function meaningOf(
  { problem }: ConfigInvalid,
  comments: ConfigComments,
): SettingMeaning | undefined {
  if (problem.kind !== 'value' || problem.fault.code !== 'VALUE_INVALID') return undefined
  const { fault, key, line = fault.example } = problem
  if (!NUMBERS.has(fault.expected)) return undefined
  const comment = Object.entries(comments.settings).find(([name]) => name === key)
  return comment && { example: line, text: comment[1].replaceAll('\n', ' ') }
}

const NUMBERS: ReadonlySet<string> = new Set(['size', 'duration', 'count'])
