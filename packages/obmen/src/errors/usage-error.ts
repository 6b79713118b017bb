import { ObmenError } from './obmen-error.ts'

/** What is wrong with a command line. Options are written as they are typed: `--plan`. */
export type UsageProblem =
  | { readonly kind: 'command-missing'; readonly known: readonly string[] }
  | {
      readonly kind: 'command-unknown'
      readonly word: string
      readonly nearest: string | undefined
      readonly known: readonly string[]
    }
  | {
      readonly kind: 'option-unknown'
      readonly option: string
      readonly nearest: string | undefined
    }
  | { readonly kind: 'option-without-value'; readonly option: string }
  | { readonly kind: 'option-with-value'; readonly option: string }
  | {
      readonly kind: 'option-value-unknown'
      readonly option: string
      readonly value: string
      readonly known: readonly string[]
    }
  | { readonly kind: 'options-missing'; readonly options: readonly string[] }
  | { readonly kind: 'options-exclude-each-other'; readonly options: readonly string[] }
  | { readonly kind: 'argument-missing'; readonly argument: string }
  | { readonly kind: 'argument-unexpected'; readonly argument: string }
  | { readonly kind: 'not-an-assignment'; readonly word: string }

/** A command line that says nothing, or something that does not exist. Nothing was done. */
export class UsageError extends ObmenError {
  readonly code = 'USAGE_INVALID'
  readonly transient = false
  readonly problem: UsageProblem
  /** The command line to look at next: `obmen init --help`. */
  readonly helpCommand: string

  constructor(problem: UsageProblem, facts: { readonly command?: string } = {}) {
    const helpCommand = ['obmen', facts.command, '--help'].filter(Boolean).join(' ')
    super(describeProblem(problem), { hint: adviseOn(problem, helpCommand) })
    this.problem = problem
    this.helpCommand = helpCommand
  }
}

function describeProblem(problem: UsageProblem): string {
  switch (problem.kind) {
    case 'command-missing':
      return 'no command was given'
    case 'command-unknown':
      return `there is no command "${problem.word}"`
    case 'option-unknown':
      return `there is no option ${problem.option} here`
    case 'option-without-value':
      return `option ${problem.option} needs a value`
    case 'option-with-value':
      return `option ${problem.option} takes no value`
    case 'option-value-unknown':
      return `option ${problem.option} can't be "${problem.value}"`
    case 'options-missing':
      return `${problem.options.length === 1 ? 'an option is' : 'options are'} missing: ${problem.options.join(' ')}`
    case 'options-exclude-each-other':
      return `options ${problem.options.join(' and ')} exclude each other`
    case 'argument-missing':
      return `${problem.argument} is missing`
    case 'argument-unexpected':
      return `"${problem.argument}" is one argument too many`
    case 'not-an-assignment':
      return `"${problem.word}" is not written as NAME=VALUE`
  }
}

function adviseOn(problem: UsageProblem, helpCommand: string): string {
  switch (problem.kind) {
    case 'command-missing':
    case 'command-unknown': {
      const nearest = problem.kind === 'command-unknown' ? problem.nearest : undefined
      if (nearest !== undefined) return `obmen ${nearest}`
      return `one of: ${problem.known.join(', ')}; see ${helpCommand}`
    }
    case 'option-unknown':
      return problem.nearest === undefined
        ? helpCommand
        : `did you mean ${problem.nearest}? See ${helpCommand}`
    case 'option-value-unknown':
      return `one of: ${problem.known.join(', ')}`
    default:
      return helpCommand
  }
}
