import type { ConflictMessages, FormatMessages, RefusedMessages } from './messages.ts'

/** What the commands about conflicts say, in English. */
export const englishConflicts: ConflictMessages = {
  idTitle: () => 'No.',
  columnTitle: () => 'column',
  oursTitle: () => 'this node',
  theirsTitle: () => 'that node',
  decidedByTitle: () => 'decided by',
  deleted: () => '(deleted)',
  open: () => 'nobody yet',
  policy: (policy) => POLICIES[policy],
  none: () => 'There are no such conflicts.',
  resolved: (count) =>
    `Conflicts resolved: ${count}. The next exchange takes these rows to the other sites.`,
  wouldBeResolved: (count) => `Conflicts that would be resolved: ${count}.`,
  cleared: (count) => `Records put away: ${count}.`,
  wouldBeCleared: (count) => `Records that would be put away: ${count}.`,
}

const POLICIES: Readonly<Record<Parameters<ConflictMessages['policy']>[0], string>> = {
  latest: 'later change',
  priority: 'priority of nodes',
  ours: 'rule: ours',
  theirs: 'rule: theirs',
  ask: 'rule: ask',
  function: 'the application',
  person: 'a person',
  reference: 'rows refer to it',
}

/** What the commands about refused rows say, in English. */
export function englishRefused(format: FormatMessages): RefusedMessages {
  return {
    none: () => 'The database has refused no rows.',
    rowTitle: () => 'row as it came',
    retried: ({ applied, outdated, refused }) =>
      `Written: ${format.rows(applied)}; outdated by now: ${format.rows(outdated)}; still refused: ${format.rows(refused)}.`,
    dropped: (table, key) => `Row ${key} of table ${table} is given up.`,
    wouldBeDropped: (table, key) => `Row ${key} of table ${table} would be given up.`,
  }
}
