import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import type { Finding } from '../tidy/rule.ts'
import type { DocumentedBlock } from './documents.ts'

/** The examples are read by people, who may leave a result unused; in every other respect they are our code. */
const COMPILER_SETTINGS = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    noEmit: true,
    composite: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    types: ['node'],
  },
  include: ['*.ts'],
}

/**
 * Type-checks each example as a module of its own, all in one run of the compiler. `@obmen/…` resolves as it does for any
 * program in the workspace, to the sources; a relative import is relative to the file the example stands in.
 */
export function* compileExamples(
  root: string,
  examples: readonly DocumentedBlock[],
): Generator<Finding> {
  const folder = join(root, 'build', 'docs')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER_SETTINGS))
  for (const [index, example] of examples.entries()) {
    const home = relative(folder, join(root, dirname(example.path)))
    const text = example.text.replaceAll(
      /(from\s*|import\s*\(?\s*)'(\.{1,2}\/[^']+)'/g,
      (_, before: string, specifier: string) => `${before}'${join(home, specifier)}'`,
    )
    writeFileSync(join(folder, `${index}.ts`), `${text}\nexport {}\n`)
  }
  yield* complaints(root, examples)
}

function* complaints(root: string, examples: readonly DocumentedBlock[]): Generator<Finding> {
  const { stdout, status, error } = spawnSync('tsc', ['-p', 'build/docs', '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  let own = 0
  for (const line of stdout.split('\n')) {
    const found = /^build\/docs\/(\d+)\.ts\((\d+),\d+\): error (.*)$/.exec(line)
    const example = examples[Number(found?.[1] ?? -1)]
    if (found === null || example === undefined) continue
    own += 1
    const message = `the example does not compile: ${found[3] ?? ''}`
    yield { path: example.path, line: example.line + Number(found[2]), message }
  }
  // Mistakes in the sources are the compiler's own check; a run that failed for another reason must not pass for one.
  if (status !== 0 && own === 0 && !/^packages\//m.test(stdout)) {
    throw new Error(`tsc could not check the examples: ${stdout}`)
  }
}
