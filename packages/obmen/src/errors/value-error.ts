import { ObmenError } from './obmen-error.ts'

/** What a value was expected to be. */
export type ValueKind = 'size' | 'duration' | 'count' | 'date' | 'text' | 'choice'

interface ValueFacts {
  readonly text: string
  readonly expected: ValueKind
  readonly example: string
  readonly bounds?: readonly [lowest: string, highest: string]
}

/** A size, a duration, a count or a text that is none, or beyond its bounds, or one that is not among its choices (`example` lists them). Bounds are written as in the configuration: `1 GB`. */
export class ValueInvalid extends ObmenError {
  readonly code = 'VALUE_INVALID'
  readonly transient = false
  readonly text: string
  readonly expected: ValueKind
  readonly example: string
  readonly bounds: readonly [lowest: string, highest: string] | undefined

  constructor(facts: ValueFacts) {
    const { text, expected, example, bounds } = facts
    super(describeValue(facts), {
      hint: expected === 'choice' ? `write one of: ${example}` : `write for example: ${example}`,
    })
    this.text = text
    this.expected = expected
    this.example = example
    this.bounds = bounds
  }
}

function describeValue({ text, expected, bounds }: ValueFacts): string {
  const value = JSON.stringify(text)
  if (bounds !== undefined) return `${value} is not between ${bounds[0]} and ${bounds[1]}`
  if (expected === 'count') return `${value} is no whole number`
  return expected === 'choice'
    ? `${value} is not one of the choices`
    : `${value} can't be a ${expected}`
}

/** What is wrong with the address of a mail server. */
export type MailUrlProblem =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'protocol'; readonly protocol: string }
  | { readonly kind: 'password' }
  | { readonly kind: 'user-missing' }
  | { readonly kind: 'rest'; readonly rest: string }
  | { readonly kind: 'parameter'; readonly parameter: string }
  | { readonly kind: 'tls-contradiction'; readonly protocol: string }

/** A text that is not the address of a mail server. It may hold a password, so it is never shown. */
export class MailUrlInvalid extends ObmenError {
  readonly code = 'MAIL_URL_INVALID'
  readonly transient = false
  readonly problem: MailUrlProblem
  /** What could stand there. */
  readonly examples: readonly string[]

  constructor(problem: MailUrlProblem, examples: readonly string[]) {
    super(describeProblem(problem), { hint: adviseOn(problem, examples) })
    this.problem = problem
    this.examples = examples
  }
}

function describeProblem(problem: MailUrlProblem): string {
  switch (problem.kind) {
    case 'malformed':
      return 'this is not the address of a mail server'
    case 'protocol':
      return `"${problem.protocol}" is not the right protocol here`
    case 'password':
      return 'a password must not stand in the address of a mail server'
    case 'user-missing':
      return 'the address of the mail server names no user'
    case 'rest':
      return `"${problem.rest}" after the mail server has no meaning`
    case 'parameter':
      return `"${problem.parameter}" has no meaning here`
    case 'tls-contradiction':
      return `${problem.protocol} is encrypted, and ?tls=none says it is not`
  }
}

function adviseOn(problem: MailUrlProblem, examples: readonly string[]): string {
  const forms = `write it as ${examples.join(' or ')}`
  switch (problem.kind) {
    case 'password':
      return 'take it out and refer to it: password: { env: OBMEN_MAIL_PASSWORD }, or { file: ./secret }'
    case 'parameter':
      return 'there are ?tls=none, which gives encryption up, and ?auth=PLAIN (or another one), the one way to log in'
    case 'tls-contradiction':
      return `leave ?tls=none out, or write ${problem.protocol.replace(/s$/, '')}:// to do without encryption`
    default:
      return `${forms}; in a user name, write @ as %40`
  }
}

/** What is wrong with the address of a database. */
export type DatabaseUrlProblem =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'password' }
  | { readonly kind: 'parameter'; readonly parameter: string }

/** A text that is not the address of a PostgreSQL database. It may hold a password, so it is never shown. */
export class DatabaseUrlInvalid extends ObmenError {
  readonly code = 'DATABASE_URL_INVALID'
  readonly transient = false
  readonly problem: DatabaseUrlProblem
  readonly example: string

  constructor(problem: DatabaseUrlProblem) {
    const example = 'postgres://user@db.example.org/trade'
    super(describeDatabaseUrl(problem), {
      hint:
        problem.kind === 'password'
          ? 'take the password out; it belongs into the variable OBMEN_DATABASE_PASSWORD, a file that "databasePassword" names, or ~/.pgpass'
          : `write for example: ${example}, with ?schema=NAME for another schema than public, or ?tls=none for a connection in clear text`,
    })
    this.problem = problem
    this.example = example
  }
}

function describeDatabaseUrl(problem: DatabaseUrlProblem): string {
  switch (problem.kind) {
    case 'malformed':
      return 'it is not the address of a PostgreSQL database'
    case 'password':
      return 'the address of the database holds a password'
    case 'parameter':
      return `the address of a database does not take ?${problem.parameter}`
  }
}
