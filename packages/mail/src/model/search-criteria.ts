import type { SearchCriteria } from '../imap/search.ts'
import { readArguments } from './named-arguments.ts'

const CRITERIA = [
  'uids',
  'sequenceNumbers',
  'seen',
  'answered',
  'flagged',
  'deleted',
  'draft',
  'keyword',
  'withoutKeyword',
  'from',
  'to',
  'cc',
  'bcc',
  'subject',
  'body',
  'text',
  'header',
  'before',
  'on',
  'since',
  'sentBefore',
  'sentOn',
  'sentSince',
  'largerThan',
  'smallerThan',
  'changedSince',
  'not',
  'either',
] as const satisfies readonly (keyof SearchCriteria)[]

/**
 * Criteria, whatever vocabulary they are named in, those inside them too.
 *
 * @throws IllegalArgumentException when there is none of a name: a search with a slip would find letters that nobody wanted.
 */
export function readCriteria(given: SearchCriteria): SearchCriteria {
  const { not, either, ...criteria } = readArguments(given, CRITERIA)
  return {
    ...criteria,
    ...(not && { not: readCriteria(not) }),
    ...(either && { either: [readCriteria(either[0]), readCriteria(either[1])] }),
  }
}
