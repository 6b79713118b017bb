import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { runProgram } from '../run-program.ts'

/** A project of somebody who installs the packages: an empty folder outside the repository. */
export class Consumer {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    this.#write('package.json', JSON.stringify({ private: true, type: 'module' }))
  }

  install(tarballs: readonly string[]): void {
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
    runProgram('npm', ['install', ...quietly, ...tarballs], { cwd: this.folder })
  }

  /** The names of everything that the installation brought. */
  installedPackages(): string[] {
    const lock = readFileSync(join(this.folder, 'node_modules', '.package-lock.json'), 'utf8')
    const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> }
    return Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ''))
  }

  /** Loads every module in Node, which finds a missing file or a specifier that was not rewritten. */
  importAll(specifiers: readonly string[]): void {
    const lines = specifiers.map((specifier) => `await import('${specifier}')`)
    this.#write('import-all.js', lines.join('\n'))
    runProgram(process.execPath, ['import-all.js'], { cwd: this.folder })
  }

  /** Type-checks a program that uses every module, with all the declarations it brings in. */
  typeCheck(specifiers: readonly string[], settings: TypeCheckSettings): void {
    const lines = specifiers.flatMap((specifier, index) => [
      `import * as module${index} from '${specifier}'`,
      `export const names${index}: readonly string[] = Object.keys(module${index})`,
    ])
    this.#write('consumer.ts', lines.join('\n'))
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      ...settings,
    }
    this.#write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    runProgram('tsc', ['-p', '.'], { cwd: this.folder })
  }

  /** The source maps below a package whose sources are not there, as `file → source`. */
  danglingMaps(name: string): string[] {
    const dist = join(this.folder, 'node_modules', name, 'dist')
    return readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.map'))
      .flatMap((file) => {
        const path = join(dist, file)
        const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] }
        return sources
          .filter((source) => !existsSync(join(dirname(path), source)))
          .map((source) => `${name}/dist/${file} → ${source}`)
      })
  }

  /** Runs an installed program and gives what it printed. */
  runInstalled(program: string, words: readonly string[]): string {
    return runProgram(join(this.folder, 'node_modules', '.bin', program), words, {
      cwd: this.folder,
    })
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), `${text}\n`)
  }
}

/** What differs between the projects that use the packages. */
export interface TypeCheckSettings {
  readonly lib: readonly string[]
  /** Where `@types/node` is found: a program for Node has it, our packages must not bring it. */
  readonly typeRoots: readonly string[]
}
