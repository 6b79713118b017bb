import type { Finding } from '../tidy/rule.ts'
import type { DocumentedBlock } from './documents.ts'

/** What a command line may use: the scripts of package.json, and what `obmen` answers to `--help`. */
export interface KnownCommands {
  readonly npmScripts: ReadonlySet<string>
  /** `undefined` as long as there is no command line. Gives the help for the words given, the program's own for none. */
  readonly obmenHelp: ((words: readonly string[]) => string) | undefined
}

/** Checks the commands that a reader is told to type: every npm script, `obmen` command and option must exist. */
export function* checkCommands(block: DocumentedBlock, known: KnownCommands): Generator<Finding> {
  for (const { words, line } of commandsIn(block)) {
    for (const message of complaints(words, known)) yield { path: block.path, line, message }
  }
}

interface TypedCommand {
  readonly words: readonly string[]
  readonly line: number
}

function* commandsIn(block: DocumentedBlock): Generator<TypedCommand> {
  let continued = ''
  for (const [index, line] of block.text.split('\n').entries()) {
    // In a `console` block only what follows the prompt is typed; the rest is what came out.
    const typed = block.language === 'console' && continued === '' ? afterPrompt(line) : line
    if (typed === undefined) continue
    const whole = continued + typed.replace(/(^|\s)#.*$/, '').trim()
    continued = whole.endsWith('\\') ? `${whole.slice(0, -1)} ` : ''
    if (continued !== '') continue
    for (const part of whole.split(/&&|\|\||[;|]/)) {
      const words = part.trim().split(/\s+/).filter(Boolean)
      if (words.length > 0) yield { words, line: block.line + index + 1 }
    }
  }
}

function afterPrompt(line: string): string | undefined {
  return /^\s*[$#] (.*)$/.exec(line)?.[1]
}

function* complaints(words: readonly string[], known: KnownCommands): Generator<string> {
  const command = words.filter((word) => !/^[A-Z_]+=/.test(word))
  const [program, ...rest] = command[0] === 'npx' ? command.slice(1) : command
  if (program === 'npm') yield* npmComplaints(rest, known.npmScripts)
  if (program === 'obmen' && known.obmenHelp !== undefined) {
    yield* obmenComplaints(rest, known.obmenHelp)
  }
}

function* npmComplaints(words: readonly string[], scripts: ReadonlySet<string>): Generator<string> {
  const [verb, name = ''] = words
  const script = verb === 'run' ? name : verb === 'test' || verb === 'start' ? verb : undefined
  if (script !== undefined && !scripts.has(script)) {
    yield `there is no npm script "${script}": name one of ${[...scripts].join(', ')}`
  }
}

function* obmenComplaints(
  words: readonly string[],
  helpFor: (words: readonly string[]) => string,
): Generator<string> {
  const [name] = words
  if (name !== undefined && !name.startsWith('-') && !hasWord(helpFor([]), name)) {
    yield `there is no command "obmen ${name}": see obmen --help`
    return
  }
  // What one command takes is in its own help; what all take is in the program's.
  const help = name === undefined ? helpFor([]) : `${helpFor([])}\n${helpFor([name])}`
  for (const option of words.filter((word) => word.startsWith('--') && word !== '--')) {
    const [spelled = ''] = option.split('=')
    if (!hasWord(help, spelled)) {
      yield `"obmen ${name ?? ''}" has no option ${spelled}: see obmen ${name ?? ''} --help`
    }
  }
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[\s,|=[\]<>()"]+/).includes(word)
}
