import type { ExitCode } from '../errors/exit-code.ts'
import type { Language } from '../locale/language.ts'
import type { Messages } from '../locale/messages.ts'
import type { Io } from '../output/io.ts'
import type { OptionValues } from './option-values.ts'

/** An option as `node:util` parses it. `multiple` collects every occurrence. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** One command in one language. */
export interface CommandHelp {
  /** What it does, in a few words, for the list of commands. */
  readonly summary: string
  /** How it is called and what each option means; ends with examples. */
  readonly usage: string
}

/** One command of the program. */
export interface Command {
  /** As it is typed: `exchange`, `node add`. */
  readonly name: string
  readonly help: Readonly<Record<Language, CommandHelp>>
  /** Its own options, beside those that every command has. */
  readonly options: OptionSpecs
  /** Names of its arguments, for a message about one too few or too many. `…` at the end: any number of them. */
  readonly arguments: readonly string[]
  /** Does it. Gives the exit code, or throws any error, which the program explains. */
  run(invocation: Invocation): Promise<ExitCode>
}

/** One call of a command. */
export interface Invocation {
  readonly io: Io
  readonly messages: Messages
  readonly options: OptionValues
  readonly arguments: readonly string[]
  /** The whole program once more, for a command that gives others. */
  runProgram(argv: readonly string[], io: Io): Promise<ExitCode>
}
