import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `package.json` of a package says, as far as packing needs it; the rest is carried over as it is. */
export interface Manifest {
  readonly name: string
  readonly version: string
  /** Subpath to source file, both with `./`. */
  readonly exports: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly rest: Readonly<Record<string, unknown>>
}

export function readManifest(folder: string): Manifest {
  const whole: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (typeof whole !== 'object' || whole === null) throw new TypeError(`${folder}: no object`)
  const {
    name,
    version,
    exports,
    bin,
    dependencies,
    private: _,
    ...rest
  } = { ...whole } as Record<string, unknown>
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new TypeError(`${folder}/package.json has no name or no version`)
  }
  const lists = { exports: words(exports), bin: words(bin), dependencies: words(dependencies) }
  return { name, version, ...lists, rest }
}

/** The manifest as it is published: the same names, the compiled files behind them. */
export function publishedManifest({ rest, bin, exports, ...kept }: Manifest): object {
  const compiled = mapValues(exports, (source): unknown => ({
    types: distPath(source, '.d.ts'),
    default: distPath(source, '.js'),
  }))
  const programs = mapValues(bin, (source) => distPath(source, '.js'))
  return {
    ...kept,
    ...rest,
    exports: { ...compiled, './package.json': './package.json' },
    ...(Object.keys(programs).length > 0 ? { bin: programs } : {}),
    // Without build information and tests, which are not in the folder that is packed.
    files: ['dist', 'src', 'data', 'README*.md', 'CHANGELOG.md'],
  }
}

function mapValues<Value>(
  words: Readonly<Record<string, string>>,
  change: (word: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, change(word)]))
}

function distPath(source: string, ending: string): string {
  return source.replace('./src/', './dist/').replace(/\.ts$/, ending)
}

function words(value: unknown): Record<string, string> {
  const entries = Object.entries(Object(value) as Record<string, unknown>)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
