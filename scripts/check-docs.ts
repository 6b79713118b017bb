import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { compileExamples } from './docs/compile-examples.ts'
import { checkConfigurations } from './docs/configurations.ts'
import { documentedBlocks, type DocumentedBlock } from './docs/documents.ts'
import { checkCommands, type KnownCommands } from './docs/shell-commands.ts'
import { Repository } from './tidy/repository.ts'
import type { Finding } from './tidy/rule.ts'

/**
 * An example is the part of a text that is copied and run, and the first part that becomes wrong when the code changes.
 * So every block is checked: TypeScript is compiled, commands must exist, configurations must be read without an error.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function* checkBlocks(repository: Repository): Generator<Finding> {
  const blocks = documentedBlocks(repository)
  for (const { path, line } of blocks.filter(({ language }) => language === '')) {
    const message =
      'the block has no language: say ts, sh, console, yaml … or text behind the fence'
    yield { path, line, message }
  }
  yield* compileExamples(ROOT, withLanguage(blocks, 'ts', 'typescript'))
  const known = knownCommands(repository)
  for (const block of withLanguage(blocks, 'sh', 'bash', 'shell', 'console')) {
    yield* checkCommands(block, known)
  }
}

function withLanguage(blocks: readonly DocumentedBlock[], ...names: string[]): DocumentedBlock[] {
  return blocks.filter(({ language }) => names.includes(language))
}

function knownCommands(repository: Repository): KnownCommands {
  const manifest: unknown = JSON.parse(repository.files.get('package.json') ?? '{}')
  const hasScripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest
  const npmScripts = new Set(Object.keys((hasScripts && manifest.scripts) || {}))
  const program = join(ROOT, 'packages/obmen/src/bin.ts')
  if (!existsSync(program)) {
    console.log('packages/obmen has no program yet: its commands in the texts are not checked.')
    return { npmScripts, obmenHelp: undefined }
  }
  const answers = new Map<string, string>()
  const obmenHelp = (words: readonly string[]): string => {
    const key = words.join(' ')
    const known = answers.get(key)
    if (known !== undefined) return known
    const { stdout } = spawnSync(process.execPath, [program, ...words, '--help'], {
      encoding: 'utf8',
    })
    answers.set(key, stdout)
    return stdout
  }
  return { npmScripts, obmenHelp }
}

const repository = Repository.read(ROOT)
const findings = [...checkBlocks(repository), ...checkConfigurations(repository)]
for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`)
if (findings.length > 0) {
  console.error(`\n${findings.length} to mend.`)
  process.exitCode = 1
} else {
  console.log(`${documentedBlocks(repository).length} blocks of code in the texts are right.`)
}
