import { parseArgs } from 'node:util'

import { findNearest } from '../errors/nearest-key.ts'
import { UsageError } from '../errors/usage-error.ts'
import { isLanguage, type Language, LANGUAGES } from '../locale/language.ts'
import type { Command, OptionSpecs } from './command.ts'
import { OptionValues } from './option-values.ts'

/** Options that every command has. */
const GLOBAL_OPTIONS = {
  config: { type: 'string' },
  lang: { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const satisfies OptionSpecs

/** What a command line begins with: which command, and the options that decide before it does. */
export interface Beginning {
  /** The words that are not options, in their order. */
  readonly words: readonly string[]
  readonly asksForHelp: boolean
  readonly asksForVersion: boolean
  readonly isVerbose: boolean
  /** Whether a program reads the result, and the error too. */
  readonly asksForJson: boolean
  readonly language: string | undefined
}

/** Looks at a command line without judging it: what is wrong with it is told in the language that it asks for. */
export function readBeginning(argv: readonly string[]): Beginning {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { ...GLOBAL_OPTIONS, json: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  })
  return {
    words: positionals,
    asksForHelp: values.help === true,
    asksForVersion: values.version === true,
    isVerbose: values.verbose === true,
    asksForJson: values.json === true,
    language: typeof values.lang === 'string' ? values.lang : undefined,
  }
}

/** Throws {@link UsageError} for a language that there is not. */
export function checkLanguage(language: string | undefined): Language | undefined {
  if (language === undefined || isLanguage(language)) return language
  throw new UsageError({
    kind: 'option-value-unknown',
    option: '--lang',
    value: language,
    known: LANGUAGES,
  })
}

/** The command that the words name: `node add` before `node`. Throws {@link UsageError}. */
export function findCommand(words: readonly string[], commands: readonly Command[]): Command {
  const [first, second] = words
  const known = commands.map(({ name }) => name)
  if (first === undefined) throw new UsageError({ kind: 'command-missing', known })
  const found = commands.find(
    ({ name }) => name === `${first} ${second ?? ''}`.trim() || name === first,
  )
  if (found !== undefined) return found
  const group = known.filter((name) => name.startsWith(`${first} `))
  if (group.length > 0 && second === undefined) {
    throw new UsageError({ kind: 'command-missing', known: group })
  }
  const word = group.length > 0 ? `${first} ${second ?? ''}` : first
  const nearest = findNearest(word, group.length > 0 ? group : known)
  throw new UsageError({
    kind: 'command-unknown',
    word,
    nearest,
    known: group.length > 0 ? group : known,
  })
}

/** What a command is called with. */
export interface ParsedArguments {
  readonly options: OptionValues
  readonly arguments: readonly string[]
}

/** Reads the options and arguments of a command. Throws {@link UsageError} for any that it does not have, or lacks. */
export function parseArguments(argv: readonly string[], command: Command): ParsedArguments {
  const options = { ...GLOBAL_OPTIONS, ...command.options }
  checkOptions(argv, options, command.name)
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
  const given = positionals.slice(command.name.split(' ').length)
  checkArguments(given, command)
  return { options: new OptionValues(values), arguments: given }
}

/** The parser would throw for these too, but in words only; here every fact can be told in any language. */
function checkOptions(argv: readonly string[], options: OptionSpecs, command: string): void {
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const names = Object.keys(options).map((name) => `--${name}`)
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { rawName: option, value, inlineValue } = token
    const spec = options[token.name]
    if (spec === undefined || !option.startsWith('--')) {
      const nearest = findNearest(option, names)
      throw new UsageError({ kind: 'option-unknown', option, nearest }, { command })
    }
    if (spec.type === 'boolean' && value !== undefined) {
      throw new UsageError({ kind: 'option-with-value', option }, { command })
    }
    // A hyphen alone is a value: standard input.
    const isNextOption = inlineValue === false && /^-./.test(value)
    if (spec.type === 'string' && (value === undefined || value === '' || isNextOption)) {
      throw new UsageError({ kind: 'option-without-value', option }, { command })
    }
  }
}

function checkArguments(given: readonly string[], command: Command): void {
  const names = command.arguments.filter((name) => name !== '…')
  const missing = names[given.length]
  if (missing !== undefined && !missing.startsWith('[')) {
    throw new UsageError({ kind: 'argument-missing', argument: missing }, { command: command.name })
  }
  const extra = given[names.length]
  if (extra !== undefined && !command.arguments.includes('…')) {
    throw new UsageError(
      { kind: 'argument-unexpected', argument: extra },
      { command: command.name },
    )
  }
}
