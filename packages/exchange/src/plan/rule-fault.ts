/** Why a rule can't be kept: for a program that has its own words for it. */
export type RuleFault =
  /** `known`: the tables of the plan. */
  | { readonly kind: 'table-unknown'; readonly known: readonly string[] }
  /** `known`: the columns of the table. */
  | { readonly kind: 'column-unknown'; readonly column: string; readonly known: readonly string[] }
  | { readonly kind: 'column-in-key'; readonly column: string }
  | { readonly kind: 'condition-empty' }
  | { readonly kind: 'bracket-open' }
  | { readonly kind: 'bracket-unopened' }
  | { readonly kind: 'token-out-of-place'; readonly token: string }
  /** The database does not understand the condition, or does not permit what the rule asks for. */
  | {
      readonly kind: 'refused'
      readonly database: 'SQLite' | 'PostgreSQL'
      readonly words: string
      /** Those of the table, where it is the condition that is not understood. */
      readonly columns: readonly string[]
    }
  | { readonly kind: 'main-missing' }
  | { readonly kind: 'key-not-one-integer' }
  | { readonly kind: 'key-not-autoincrement'; readonly column: string }
  | { readonly kind: 'key-without-sequence'; readonly column: string }
  | { readonly kind: 'sequence-not-by-one'; readonly sequence: string }
  | {
      readonly kind: 'block-too-large'
      readonly size: number
      readonly column: string
      readonly limit: number
    }

/** The same in English. */
export function describeRuleFault(fault: RuleFault): string {
  switch (fault.kind) {
    case 'table-unknown':
      return 'the plan has no such table'
    case 'column-unknown':
      return `it has no column ${JSON.stringify(fault.column)}`
    case 'column-in-key':
      return `column ${JSON.stringify(fault.column)} is part of its key and can't stay here`
    case 'condition-empty':
      return 'the condition is empty'
    case 'bracket-open':
      return 'a bracket is not closed'
    case 'bracket-unopened':
      return 'a bracket is closed that was not opened'
    case 'token-out-of-place':
      return `${JSON.stringify(fault.token)} has no place in a condition`
    case 'refused':
      return `${fault.database} says: ${fault.words}`
    case 'main-missing':
      return 'blocks of keys are handed out by the head office: name it as "main"'
    case 'key-not-one-integer':
      return 'only a key of one integer column is handed out in blocks'
    case 'key-not-autoincrement':
      return `SQLite can't be told from where to count its key on: declare it ${fault.column} INTEGER PRIMARY KEY AUTOINCREMENT`
    case 'key-without-sequence':
      return `no sequence belongs to its key "${fault.column}"`
    case 'sequence-not-by-one':
      return `sequence ${fault.sequence} does not count by one, or begins again`
    case 'block-too-large':
      return `a block of ${fault.size} numbers is more than its key "${fault.column}" counts to, which is ${fault.limit}`
  }
}
