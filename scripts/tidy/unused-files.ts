import { posix } from 'node:path'

import { isTest, PACKAGE_FOLDERS, type Repository } from './repository.ts'
import type { Finding, Rule } from './rule.ts'

/**
 * A file that nothing imports still gets read, changed and type-checked by everyone after. What only tests use is not
 * part of the product either.
 */
export const unusedFiles: Rule = {
  name: 'unused-files',
  *check(repository) {
    const product = reachable(repository, productEntries(repository))
    const everything = reachable(repository, [...product, ...otherEntries(repository)])
    for (const { path } of repository.sources) {
      const finding = judge(path, product, everything)
      if (finding !== undefined) yield finding
    }
  },
}

function judge(
  path: string,
  product: ReadonlySet<string>,
  everything: ReadonlySet<string>,
): Finding | undefined {
  if (/^packages\/[^/]+\/src\//.test(path)) {
    if (product.has(path)) return undefined
    const message = everything.has(path)
      ? 'only tests use the file: move it below test/, or use it'
      : 'nothing reaches the file from a public module or the program: use it, export it, or delete it'
    return { path, line: 1, message }
  }
  if (everything.has(path)) return undefined
  return { path, line: 1, message: 'nothing imports or runs the file: use it or delete it' }
}

function productEntries(repository: Repository): string[] {
  return PACKAGE_FOLDERS.flatMap((folder) => repository.entriesOf(folder))
}

/** Tests, the programs that the package.json scripts start, and everything that lives outside packages/ and scripts/. */
function otherEntries(repository: Repository): string[] {
  const manifest = repository.files.get('package.json') ?? ''
  return repository.sources
    .map(({ path }) => path)
    .filter((path) => {
      if (isTest(path)) return path.endsWith('.test.ts')
      return !/^(?:packages|scripts)\//.test(path) || manifest.includes(path)
    })
}

function reachable(repository: Repository, entries: readonly string[]): ReadonlySet<string> {
  const sources = new Map(repository.sources.map((file) => [file.path, file]))
  const reached = new Set<string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = sources.get(path)
    if (file === undefined || reached.has(path)) continue
    reached.add(path)
    for (const { specifier } of file.imports) {
      if (specifier.startsWith('.')) waiting.push(posix.join(posix.dirname(path), specifier))
    }
  }
  return reached
}
