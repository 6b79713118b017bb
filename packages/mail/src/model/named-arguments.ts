import { IllegalArgumentException } from './exception.ts'
import { quoted } from './quoted.ts'

/** Other names of arguments, by name: what a vocabulary brings along. A word may mean one thing here and another there. */
const synonyms = new Map<string, ReadonlySet<string>>()

/** Lets arguments be given by other names too: `{ Сервер: … }` for `{ server: … }`. */
export function addArgumentNames(names: Readonly<Record<string, string>>): void {
  for (const [name, argument] of Object.entries(names)) {
    synonyms.set(name, new Set([...(synonyms.get(name) ?? []), argument]))
  }
}

/**
 * Named arguments, whatever vocabulary they are named in, under the names that this code knows.
 *
 * @throws IllegalArgumentException when there is no argument of a name, or one is given by two names: an argument with a slip in its name would be as one not given.
 */
export function readArguments<Arguments extends object>(
  given: Arguments,
  known: readonly (keyof Arguments & string)[],
): Arguments {
  const read = { ...given }
  for (const name of Object.keys(read)) {
    if (isOneOf(known, name)) continue
    const argument = [...(synonyms.get(name) ?? [])].find((synonym) => isOneOf(known, synonym))
    if (argument === undefined) {
      throw new IllegalArgumentException(
        `there is no argument ${quoted(name)} here, only ${known.join(', ')}`,
      )
    }
    if (argument in given) {
      throw new IllegalArgumentException(`the argument "${argument}" was given twice`)
    }
    Reflect.set(read, argument, Reflect.get(given, name))
    Reflect.deleteProperty(read, name)
  }
  return read
}

function isOneOf(known: readonly string[], name: string): boolean {
  return known.includes(name)
}
