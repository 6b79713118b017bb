import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { documentedBlocks } from '../docs/documents.ts'
import { checkCommands } from '../docs/shell-commands.ts'
import { Repository } from '../tidy/repository.ts'

const HELP: Readonly<Record<string, string>> = {
  '': 'usage: obmen <command>\n  exchange   send and receive\n  node list|show\nOptions:\n  -h, --help\n',
  exchange: 'usage: obmen exchange [--dry-run] [--json]\n  --config=<file>\n',
  node: '',
}

function complaints(text: string, language = 'sh'): string[] {
  const block = { path: 'README.md', line: 10, language, info: '', text }
  const known = {
    npmScripts: new Set(['test', 'demo']),
    obmenHelp: (words: readonly string[]) => HELP[words.join(' ')] ?? '',
  }
  return [...checkCommands(block, known)].map(({ line, message }) => `${line}: ${message}`)
}

describe('commands in the texts', () => {
  it('may be npm scripts and commands of obmen that exist', () => {
    const text =
      'npm ci && npm test # the tests\nnpm run demo\nobmen exchange --dry-run --config=a.yaml\nobmen --help\n'

    assert.deepEqual(complaints(text), [])
  })

  it('may be programs of others', () => {
    assert.deepEqual(complaints('gpg -d a.pgp | zstd -d\ncd shop\n'), [])
  })

  it('must not be npm scripts that do not exist', () => {
    assert.deepEqual(complaints('npm ci\nnpm run demos\n'), [
      '12: there is no npm script "demos": name one of test, demo',
    ])
  })

  it('must not be commands of obmen that do not exist, also behind npx and a variable', () => {
    assert.match(complaints('LANG=ru npx obmen exchnge\n')[0] ?? '', /no command "obmen exchnge"/)
  })

  it('must not have options that the command does not have', () => {
    assert.match(complaints('obmen exchange \\\n  --fast\n')[0] ?? '', /has no option --fast/)
  })

  it('are what follows the prompt in a console block, not what was printed', () => {
    assert.deepEqual(complaints('$ npm test\nnpm run nothing\n', 'console'), [])
    assert.equal(complaints('$ npm run nothing\n', 'console').length, 1)
  })
})

describe('documented blocks', () => {
  it('come from docstrings with the line of their file', () => {
    const text =
      'const a = 1\n/**\n * Adds.\n *\n * ```ts\n * add(1,\n *   2)\n * ```\n */\nexport const b = 2\n'
    const repository = new Repository(new Map([['packages/mail/src/base/a.ts', text]]))

    assert.deepEqual(documentedBlocks(repository), [
      {
        path: 'packages/mail/src/base/a.ts',
        language: 'ts',
        info: '',
        text: 'add(1,\n  2)\n',
        line: 5,
      },
    ])
  })

  it('come from every Markdown file', () => {
    const repository = new Repository(new Map([['docs/a.md', '```\nx\n```\n']]))

    assert.deepEqual(
      documentedBlocks(repository).map(({ path, language }) => [path, language]),
      [['docs/a.md', '']],
    )
  })
})
