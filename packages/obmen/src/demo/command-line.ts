import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import type { Io } from '../output/io.ts'
import type { Language } from '../locale/language.ts'
import type { Screen } from './screen.ts'

/** The whole program, as `bin.ts` calls it. */
export type RunProgram = (argv: readonly string[], io: Io) => Promise<ExitCode>

export interface CommandLineOptions {
  readonly runProgram: RunProgram
  readonly io: Io
  readonly screen: Screen
  readonly language: Language
  /** The folder in which the commands are given. */
  readonly cwd: string
  /** Aborts when somebody stops the demo. */
  readonly signal: AbortSignal
}

/** A command that did not end well. What it had to say about it is on the screen. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode

  constructor(command: string, exitCode: ExitCode) {
    super(command)
    this.name = 'CommandFailed'
    this.exitCode = exitCode
  }
}

/** Gives commands as a person does: shows each, runs it, shows what it says. */
export class CommandLine {
  readonly #options: CommandLineOptions

  constructor(options: CommandLineOptions) {
    this.#options = options
  }

  /** Runs a command, shows what goes on, and gives its result, asked for as JSON. Throws {@link CommandFailed}. */
  async ask(argv: readonly string[]): Promise<unknown> {
    this.#options.screen.command(formatCommand(argv))
    return this.#askForJson(argv, (text) => this.#show(text))
  }

  /** The same without a word, unless it fails. */
  async askQuietly(argv: readonly string[]): Promise<unknown> {
    const words: string[] = []
    try {
      return await this.#askForJson(argv, (text) => words.push(text))
    } catch (error) {
      for (const text of words) this.#show(text)
      throw error
    }
  }

  async #askForJson(argv: readonly string[], err: (text: string) => void): Promise<unknown> {
    const pieces: string[] = []
    await this.#call(argv, { out: (text) => pieces.push(text), err })
    return JSON.parse(pieces.join(''))
  }

  async #call(
    argv: readonly string[],
    streams: { out(text: string): void; err(text: string): void },
  ): Promise<void> {
    const { runProgram, io, language, cwd, signal } = this.#options
    signal.throwIfAborted()
    const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => !isOurSetting(name)))
    const exitCode = await runProgram([...argv, '--json', '--lang', language], {
      ...streams,
      input: () => io.input(),
      isTerminal: io.isTerminal,
      columns: io.columns,
      cwd,
      env,
      systemLocale: io.systemLocale,
      now: () => io.now(),
      interruption: () => signal,
    })
    signal.throwIfAborted()
    if (exitCode !== EXIT.ok) throw new CommandFailed(formatCommand(argv), exitCode)
  }

  /** What ends with a line end stays; anything else is progress, written over and over. */
  #show(text: string): void {
    const { screen } = this.#options
    if (!text.endsWith('\n')) screen.progress(text)
    else for (const line of text.trimEnd().split('\n')) screen.output(line)
  }
}

/** Settings of whoever starts the demo are for another database. */
function isOurSetting(name: string): boolean {
  return name.startsWith('OBMEN_')
}

/** `npx obmen node add С01`, quoted where a shell needs it. */
export function formatCommand(argv: readonly string[]): string {
  return formatWords(['npx', 'obmen', ...argv])
}

/** The words of a command as a shell takes them. */
export function formatWords(words: readonly string[]): string {
  return words.map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\p{L}\p{N}_./:@%=,+-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
