import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import type { Command } from './commands/command.ts'
import {
  type Beginning,
  checkLanguage,
  findCommand,
  parseArguments,
  readBeginning,
} from './commands/parse-arguments.ts'
import { COMMANDS } from './commands/registry.ts'
import { EXIT, type ExitCode, exitCodeOf } from './errors/exit-code.ts'
import { knowError } from './errors/known-error.ts'
import { en } from './locale/en.ts'
import { chooseLanguage, isLanguage, type Language } from './locale/language.ts'
import type { Messages } from './locale/messages.ts'
import { ru } from './locale/ru.ts'
import { formatErrorJson } from './output/error-json.ts'
import type { Io } from './output/io.ts'
import { processIo } from './output/process-io.ts'

const LOCALES: Readonly<Record<Language, Messages>> = { en, ru }

/** Runs the program for this process, and sets its exit code: the process ends when nothing is left to do. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2)
  const io = processIo((error) => {
    const beginning = readBeginning(argv)
    const messages = chooseMessages(beginning, io)
    const told = { io, messages, beginning: { ...beginning, asksForJson: false } }
    process.exitCode = explain(knowError(error, STANDARD_OUTPUT), told)
  })
  const exitCode = await main(argv, io)
  process.exitCode ??= exitCode
}

/** A name for it that is the same in every language. */
const STANDARD_OUTPUT = '/dev/stdout'

/**
 * Runs one command line. Everything that is thrown ends here: it is told on standard error, as what happened and what to do,
 * and gives the exit code.
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  const beginning = readBeginning(argv)
  const messages = chooseMessages(beginning, io)
  try {
    checkLanguage(beginning.language)
    if (beginning.asksForVersion) {
      io.out(`${readVersion()}\n`)
      return EXIT.ok
    }
    if (beginning.asksForHelp) return showHelp(beginning.words, io, messages)
    const command = findCommand(beginning.words, COMMANDS)
    const { options, arguments: given } = parseArguments(argv, command)
    return await command.run({ io, messages, options, arguments: given, runProgram: main })
  } catch (error) {
    return explain(error, { io, messages, beginning })
  }
}

function chooseMessages({ language: asked = '' }: Beginning, io: Io): Messages {
  return LOCALES[isLanguage(asked) ? asked : chooseLanguage(io.env, io.systemLocale)]
}

/** The help of one command, or of all: also of a group such as `node`. */
function showHelp(words: readonly string[], io: Io, messages: Messages): ExitCode {
  const [first] = words
  const inGroup = COMMANDS.filter(({ name }) => words.length === 1 && name.startsWith(`${first} `))
  if (first === undefined || inGroup.length > 0) {
    io.out(messages.general.overview(summaries(first === undefined ? COMMANDS : inGroup, messages)))
    return EXIT.ok
  }
  io.out(findCommand(words, COMMANDS).help[messages.language].usage)
  return EXIT.ok
}

function summaries(
  commands: readonly Command[],
  { language }: Messages,
): readonly { readonly name: string; readonly summary: string }[] {
  return commands.map(({ name, help }) => ({ name, summary: help[language].summary }))
}

function explain(
  error: unknown,
  {
    io,
    messages,
    beginning: { words, isVerbose, asksForJson },
  }: {
    readonly io: Io
    readonly messages: Messages
    readonly beginning: Beginning
  },
): ExitCode {
  const known = knowError(error)
  const text = messages.errorText(known, words[0])
  const { message, hint } = text
  io.err(`${messages.general.errorLine(message)}\n`)
  if (hint !== undefined) io.err(`${messages.general.tryLine(hint)}\n`)
  if (asksForJson) io.out(formatErrorJson(known, text))
  if (isVerbose) io.err(`\n${inspect(known, { depth: 5 })}\n`)
  return exitCodeOf(known)
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  )
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion ? String(manifest.version) : ''
}
