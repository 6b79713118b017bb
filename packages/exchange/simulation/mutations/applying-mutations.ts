/** Breakages of applying: the wrong row wins, or a table takes what it must not. */
import { type Mutation, one } from './mutation.ts'

const KNOWN_ROWS = 'store/sqlite/known-rows.ts'
const JUDGE = 'store/apply/arrival-judge.ts'
const POSTPONED = 'store/apply/postponed-rows.ts'
const WRITER = 'store/apply/row-writer.ts'

export const APPLYING_MUTATIONS: readonly Mutation[] = [
  one('lets older versions win', {
    file: KNOWN_ROWS,
    text: 'return `stamp < $',
    replacement: 'return `stamp <> $',
  }),
  one('takes every table for one that refuses no row', {
    file: 'store/sqlite/user-table.ts',
    text: `refuses: mayRefuse ? 'anything' : 'nothing but NULL'`,
    replacement: `refuses: 'nothing but NULL'`,
  }),
  one('looks for no parents of a row that is known', {
    file: KNOWN_ROWS,
    text: `\${key.join(' AND ')}\` +\n        (hasParents === '' ? '' : \` AND \${hasParents}\`)`,
    replacement: `\${key.join(' AND ')}\` + (hasParents === '' ? '' : '')`,
  }),
  one('keeps a deletion that others have forgotten', {
    file: JUDGE,
    text: `return this.#isForgottenThere(meeting) ? this.#takeAgain(meeting) : undefined`,
    replacement: `return undefined`,
  }),
  one('gives a deletion up that the sender does not know', {
    file: JUDGE,
    text: `entry.seq <= sender.acknowledgedSeq\n`,
    replacement: `entry.seq > 0\n`,
  }),
  one('lets either of two contents of one version win', {
    file: JUDGE,
    text: `return theirs > ours ? 1 : -1`,
    replacement: `return 1`,
  }),
  one('drops rows that the database refuses', {
    file: POSTPONED,
    text: `await this.#setAside([...this.#rows, ...kept])`,
    replacement: `0`,
  }),
  one('does not try again what was refused', {
    file: POSTPONED,
    text: `await this.#takeWaiting()`,
    replacement: `0`,
  }),
  one('does not try again what programs made room for', {
    file: 'store/rows-that-may-fit.ts',
    text: `if (changed.length === 0) return false`,
    replacement: `return false`,
  }),
  one('takes rows away that were changed since', {
    file: JUDGE,
    text: `    if (compareVersions(row, entry) < 0) return false\n`,
    replacement: ``,
  }),
  one('keeps what its triggers registered of a few applied rows', {
    file: 'store/sqlite/suspended-triggers.ts',
    text: `WHERE id > ?`,
    replacement: `WHERE id < 0 AND id > ?`,
  }),
  one('lets a row go that came back to a share', {
    file: 'store/apply/row-applier.ts',
    text: `await this.#takeBack(target, batch)`,
    replacement: '',
  }),
  {
    name: 'lets triggers of the application fire',
    edits: [
      {
        file: 'store/sqlite/suspended-triggers.ts',
        text: `if (!kept.includes(trigger)) this.#drop`,
        replacement: `if (trigger.targets === undefined) this.#drop`,
      },
      {
        file: 'store/sqlite/suspended-triggers.ts',
        text: `this.#statements.push(...triggers.map(`,
        replacement: `this.#statements.push(...triggers.filter(({ targets }) => targets === undefined).map(`,
      },
    ],
  },
  {
    name: 'sends columns that stay at home, and takes them',
    edits: [
      {
        file: 'store/sqlite/ruled-table.ts',
        text: `filter(({ name }) => !table.leaveOut.has(name))`,
        replacement: `filter(() => true)`,
      },
      {
        file: 'store/apply/column-sieve.ts',
        text: `index < line.keyLength || !leaveOut.has(name)`,
        replacement: `index < line.keyLength || !leaveOut.has(name) || true`,
      },
    ],
  },
  one('takes its own columns for ones that the sender lacks', {
    file: 'store/sqlite/table-target.ts',
    text: `return !table.leaveOut.has(name) && line.leftOut?.includes(name) !== true`,
    replacement: `return line.leftOut?.includes(name) === true`,
  }),
  one('takes rows of a table that it only sends', {
    file: 'store/apply/row-applier.ts',
    text: `if (this.#options.rules.tables.get(line.table)?.direction === 'out') return`,
    replacement: ``,
  }),
  {
    name: 'writes rows whose parents are missing',
    edits: [
      {
        file: WRITER,
        text: `        const reason = missing[index]\n`,
        replacement: `        const reason = missing.length < 0 ? missing[index] : undefined\n`,
      },
      {
        file: 'store/sqlite/table-target.ts',
        text: `const hasParents = parents === ''`,
        replacement: `const hasParents = parents !== undefined`,
      },
    ],
  },
  one('deletes what other rows refer to', {
    file: 'store/apply/held-rows.ts',
    text: `referred[index] === true || unknown[index] === true`,
    replacement: `unknown[index] === true`,
  }),
  one('lets a deletion give way without a word', {
    file: 'store/apply/held-rows.ts',
    text: `    await writer.record([{ ...held, row: { ...row, ...version, kind: 'row' } }])\n`,
    replacement: ``,
  }),
  one('decides conflicts for the other side', {
    file: 'plan/conflict.ts',
    text: `  return thisNode < sender\n`,
    replacement: `  return thisNode > sender\n`,
  }),
  one('decides a conflict and gives it no version', {
    file: 'plan/conflict.ts',
    text: `stamp: Math.max(a.stamp, b.stamp) + 1`,
    replacement: `stamp: Math.max(a.stamp, b.stamp)`,
  }),
  one('gives a decision the version of an earlier one that waits', {
    file: 'store/apply/own-versions.ts',
    text: `Math.max(version.stamp, waiting + 1)`,
    replacement: `version.stamp`,
  }),
  one('gives a row that it completed no version of its own', {
    file: WRITER,
    text: `outcome === 'merged'`,
    replacement: `outcome === undefined`,
  }),
  one('takes rows with columns that are missing here', {
    file: 'store/apply/check-columns.ts',
    text: `} else if (missing.length > 0) {`,
    replacement: `} else if (missing.length > 99) {`,
  }),
  one('sets rows aside in a strict plan', {
    file: POSTPONED,
    text: `if (isStrict && waitsFor === '') throw`,
    replacement: `if (isStrict && waitsFor === 'nothing') throw`,
  }),
]
