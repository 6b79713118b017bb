import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, posix, relative } from 'node:path'

import { runProgram } from '../run-program.ts'
import { PACKAGE_FOLDERS } from '../tidy/repository.ts'
import { publishedManifest, readManifest, type Manifest } from './manifest.ts'

/** A package as npm would publish it. */
export interface PackedPackage {
  readonly manifest: Manifest
  readonly tarball: string
  /** Everything in the tarball, from its root. */
  readonly files: readonly string[]
}

/**
 * Builds every package from nothing and packs it below build/. In the repository `exports` and `bin` name the sources,
 * so that everything runs unbuilt; Node does not run TypeScript below node_modules, so what is published names the
 * compiled files. The sources travel along, because the source maps point at them.
 *
 * From nothing, because `tsc -b` keeps the outputs of deleted sources. A package whose public modules are not all there
 * yet is left out, and so are those that depend on it; `say` gets a line about it.
 */
export function packPackages(root: string, say: (line: string) => void): PackedPackage[] {
  const packed: PackedPackage[] = []
  const missing = new Set<string>()
  for (const folder of PACKAGE_FOLDERS) {
    const manifest = readManifest(join(root, folder))
    const absent = absentParts(join(root, folder), manifest, missing)
    if (absent.length > 0) {
      missing.add(manifest.name)
      say(`${manifest.name} is left out, it is not complete yet: ${absent.join(', ')} is missing.`)
      continue
    }
    packed.push(packPackage(root, folder, manifest))
  }
  return packed
}

function absentParts(folder: string, manifest: Manifest, missing: ReadonlySet<string>): string[] {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin)]
  return [
    ...targets.filter((target) => !existsSync(join(folder, target))),
    ...Object.keys(manifest.dependencies).filter((name) => missing.has(name)),
  ]
}

function packPackage(root: string, folder: string, manifest: Manifest): PackedPackage {
  const name = basename(folder)
  const home = join(root, 'build', name)
  build(root, folder, home)
  const source = join(root, folder, 'src')
  cpSync(source, join(home, 'src'), {
    recursive: true,
    // What the engines may use of the platform is a matter of our build, not of those who use the package.
    filter: (path) => !path.endsWith('.d.ts'),
  })
  cpSync(source, join(home, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') })
  pointMapsAtSources(join(home, 'dist'), `packages/${name}/src/`)
  copyTexts(root, folder, home)
  writeFileSync(
    join(home, 'package.json'),
    `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
  )
  return { manifest, ...packFolder(home) }
}

function build(root: string, folder: string, home: string): void {
  const name = basename(folder)
  rmSync(home, { recursive: true, force: true })
  const info = join(root, 'build', 'info')
  for (const file of existsSync(info) ? readdirSync(info) : []) {
    if (file.startsWith(`${name}-`) || file.startsWith(`${name}.`)) rmSync(join(info, file))
  }
  const projects = ['tsconfig.engine.json', 'tsconfig.net.json', 'tsconfig.json']
    .map((file) => join(root, folder, file))
    .filter((file) => existsSync(file))
  runProgram('tsc', ['-b', ...projects], { cwd: root })
}

/** The compiler names the sources from where it found them; in the package they lie beside `dist`. */
function pointMapsAtSources(dist: string, sourceFolder: string): void {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.map')) continue
    const path = join(dist, file)
    const map = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] }
    const up = posix.relative(posix.dirname(posix.join('dist', file)), 'src')
    map.sources = map.sources.map((source) => {
      const inside = source.split(sourceFolder)[1]
      if (inside === undefined) throw new Error(`${path} names ${source}, which is not packed`)
      return `${up}/${inside}`
    })
    writeFileSync(path, JSON.stringify(map))
  }
}

function copyTexts(root: string, folder: string, home: string): void {
  const texts = ['README.md', 'README.ru.md', 'CHANGELOG.md', 'LICENSE', 'data']
  for (const name of texts) {
    const own = join(root, folder, name)
    const shared = join(root, name)
    const from = existsSync(own) ? own : shared
    if (existsSync(from)) cpSync(from, join(home, name), { recursive: true })
  }
}

function packFolder(home: string): { tarball: string; files: string[] } {
  const destination = join(dirname(home), 'tarballs')
  mkdirSync(destination, { recursive: true })
  const answer: unknown = JSON.parse(
    runProgram('npm', ['pack', '--json', '--pack-destination', destination], { cwd: home }),
  )
  const [packed] = Object.values(Object(answer) as object) as {
    filename: string
    files: { path: string }[]
  }[]
  if (packed === undefined) throw new Error(`npm pack said nothing about ${relative('.', home)}`)
  // npm names the file of a scoped package with its scope in front.
  const tarball = join(destination, packed.filename.replace('@', '').replace('/', '-'))
  return { tarball, files: packed.files.map(({ path }) => path) }
}
