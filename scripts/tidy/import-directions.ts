import { posix } from 'node:path'

import { layerOf, type Layer } from './import-table.ts'
import { isTest } from './repository.ts'
import { findingAt, type Finding, type Rule } from './rule.ts'
import type { Import, SourceFile } from './source-file.ts'

/** What is left after a test is counted, and a PostgreSQL is started, in the same way everywhere. */
const FOR_ALL_TESTS: ReadonlySet<string> = new Set([
  'packages/mail/test/census.ts',
  'packages/exchange/test/store/postgres/test-server.ts',
])

/**
 * Imports go one way. That is what lets a protocol be read, tested and replaced without the others, and it is lost by a
 * single convenient import that nobody notices. So every import of the packages is compared with the table.
 */
export const importDirections: Rule = {
  name: 'import-directions',
  *check(repository) {
    for (const file of repository.sources) {
      if (!file.path.startsWith('packages/')) continue
      yield* leavingThePackage(file)
      if (/^packages\/[^/]+\/src\//.test(file.path)) yield* againstTheTable(file)
    }
  },
}

function* leavingThePackage(file: SourceFile): Generator<Finding> {
  const home = file.path.split('/', 2).join('/')
  for (const { specifier, offset } of file.imports.filter(isRelative)) {
    const target = resolve(file.path, specifier)
    if (target.startsWith(`${home}/`) || !target.startsWith('packages/')) continue
    // The description of the servers that all packages are tried against is no part of any of them.
    if (isTest(file.path) && target.includes('/test-servers/')) continue
    if (isTest(file.path) && FOR_ALL_TESTS.has(target)) continue
    yield findingAt(
      file,
      offset,
      `${specifier} reaches into another package: import one of its public modules by the package's name`,
    )
  }
}

function* againstTheTable(file: SourceFile): Generator<Finding> {
  const layer = layerOf(file.path)
  if (layer === undefined) {
    const message =
      'the file has no place in the layers: move it into a folder of scripts/tidy/import-table.ts, ' +
      'or give its folder a line there and in ARCHITECTURE.md'
    yield { path: file.path, line: 1, message }
    return
  }
  for (const found of file.imports) {
    if (!isAllowed(file, layer, found)) yield findingAt(file, found.offset, refusal(layer, found))
  }
}

function isAllowed(file: SourceFile, layer: Layer, found: Import): boolean {
  if (!isRelative(found)) {
    return layer.packages.some((allowed) => matches(found.specifier, allowed))
  }
  const target = layerOf(resolve(file.path, found.specifier))
  return target === layer || (target !== undefined && layer.layers.includes(target.name))
}

function refusal(layer: Layer, { specifier }: Import): string {
  const allowed = [layer.name, ...layer.layers, ...layer.packages].join(', ')
  return (
    `"${layer.name}" must not import ${specifier}: it may import ${allowed}. ` +
    'Take what you need as a parameter, or move the shared part to a layer below both'
  )
}

function isRelative({ specifier }: Import): boolean {
  return specifier.startsWith('.')
}

function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier)
}

function matches(specifier: string, allowed: string): boolean {
  return allowed.endsWith('*') ? specifier.startsWith(allowed.slice(0, -1)) : specifier === allowed
}
