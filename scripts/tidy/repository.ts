import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { SourceFile } from './source-file.ts'

/** The packages, in the order they depend on one another. */
export const PACKAGE_FOLDERS: readonly string[] = [
  'packages/mail',
  'packages/exchange',
  'packages/obmen',
]

/** The files of the repository as the rules see them: tracked ones, and new ones that are not ignored. */
export class Repository {
  readonly files: ReadonlyMap<string, string>
  /** The TypeScript files, declaration files left out. */
  readonly sources: readonly SourceFile[]

  constructor(files: ReadonlyMap<string, string>) {
    this.files = files
    this.sources = [...files]
      .filter(([path]) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map(([path, text]) => new SourceFile(path, text))
  }

  /** Files of the packages that are published: everything below `packages/<name>/src`. */
  get productSources(): readonly SourceFile[] {
    return this.sources.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))
  }

  get testSources(): readonly SourceFile[] {
    return this.sources.filter(({ path }) => isTest(path))
  }

  /** What a `package.json` offers: the paths its `exports` and `bin` name, from the root of the repository. */
  entriesOf(packageFolder: string): readonly string[] {
    const manifest: unknown = JSON.parse(this.files.get(`${packageFolder}/package.json`) ?? '{}')
    return targetsIn(manifest).map((target) => `${packageFolder}/${target.slice(2)}`)
  }

  /** Reads a working copy, asking git which files belong to it. */
  static read(root: string): Repository {
    const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    const paths = [...new Set(listed.split('\0'))]
      .filter((path) => path !== '' && existsSync(join(root, path)))
      .toSorted()
    return new Repository(
      new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
    )
  }
}

export function isTest(path: string): boolean {
  return /^(packages\/[^/]+|scripts)\/(test|test-servers)\//.test(path)
}

function targetsIn(manifest: unknown): string[] {
  if (typeof manifest !== 'object' || manifest === null) return []
  const offered: unknown[] = [Reflect.get(manifest, 'exports'), Reflect.get(manifest, 'bin')]
  return offered
    .flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
    .filter((target): target is string => typeof target === 'string' && target.startsWith('./'))
}
