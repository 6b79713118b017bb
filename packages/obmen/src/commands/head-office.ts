import { findNearest } from '../errors/nearest-key.ts'
import type { Messages } from '../locale/messages.ts'

/**
 * What is told about a head office that is none of the nodes here, this one among them: it is misspelt, or reached through another node, and who
 * reads it knows which. Conflicts with a misspelt one are decided as if there were none, and nobody hands out blocks of keys. `undefined` when
 * there is nothing to tell.
 */
export function noteOnHeadOffice(
  main: string,
  known: readonly string[],
  { status }: Pick<Messages, 'status'>,
): string | undefined {
  return known.includes(main) ? undefined : status.mainNodeUnknown(main, findNearest(main, known))
}
