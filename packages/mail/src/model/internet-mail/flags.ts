import type { ImapFlag } from '../../imap/fetch-response.ts'
import { readArguments } from '../named-arguments.ts'

/** What letters are to be marked with, and what not. What is not said stays as it is. */
export interface InternetMailMessageFlags {
  readonly answered?: boolean
  readonly deleted?: boolean
  readonly draft?: boolean
  readonly flagged?: boolean
  readonly seen?: boolean
}

const IMAP_FLAGS = {
  answered: '\\Answered',
  deleted: '\\Deleted',
  draft: '\\Draft',
  flagged: '\\Flagged',
  seen: '\\Seen',
} as const satisfies Record<keyof InternetMailMessageFlags, ImapFlag>

const NAMES = ['answered', 'deleted', 'draft', 'flagged', 'seen'] as const

/** What to add and what to remove. @throws IllegalArgumentException when there is no flag of a name. */
export function flagChangesOf(
  flags: InternetMailMessageFlags,
): readonly (readonly [change: 'add' | 'remove', imapFlags: readonly ImapFlag[]])[] {
  const given = readArguments(flags, NAMES)
  const set = (wanted: boolean): readonly ImapFlag[] =>
    NAMES.filter((name) => given[name] === wanted).map((name) => IMAP_FLAGS[name])
  return (
    [
      ['add', set(true)],
      ['remove', set(false)],
    ] as const
  ).filter(([, imapFlags]) => imapFlags.length > 0)
}
