import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ambientWorld } from '../tidy/ambient-world.ts'
import { budgets } from '../tidy/budgets.ts'
import { consoleOutput } from '../tidy/console-output.ts'
import { drawerNames } from '../tidy/drawer-names.ts'
import { duplicateTestNames } from '../tidy/duplicate-test-names.ts'
import { givenUpChecks } from '../tidy/given-up-checks.ts'
import { leftovers } from '../tidy/leftovers.ts'
import { limitReasons } from '../tidy/limit-reasons.ts'
import { machineTraces } from '../tidy/machine-traces.ts'
import { namedExports } from '../tidy/named-exports.ts'
import { parameters } from '../tidy/parameters.ts'
import { readmePairs } from '../tidy/readme-pairs.ts'
import { Repository } from '../tidy/repository.ts'
import type { Rule } from '../tidy/rule.ts'
import { sleepingTests } from '../tidy/sleeping-tests.ts'
import { switchedOffTests } from '../tidy/switched-off-tests.ts'
import { untestedErrors } from '../tidy/untested-errors.ts'
import { unusedFiles } from '../tidy/unused-files.ts'

const PURE = 'packages/mail/src/base/sample.ts'
const LIBRARY = 'packages/mail/src/net/sample.ts'
const TEST = 'packages/mail/test/sample.test.ts'

function findings(rule: Rule, files: Record<string, string>): string[] {
  return [...rule.check(new Repository(new Map(Object.entries(files))))].map(
    ({ path, line, message }) => `${path}:${line}: ${message}`,
  )
}

function refuses(rule: Rule, path: string, text: string): void {
  assert.notDeepEqual(findings(rule, { [path]: text }), [])
}

function accepts(rule: Rule, path: string, text: string): void {
  assert.deepEqual(findings(rule, { [path]: text }), [])
}

function repeated(line: string, count: number): string {
  return `${line}\n`.repeat(count)
}

describe('budgets', () => {
  const longFunction = `export function send() {\n${repeated('  step()', 70)}}\n`

  it('refuse a function of more than 70 lines and name its place', () => {
    const [finding] = findings(budgets, { [PURE]: `\n${longFunction}` })

    assert.match(
      finding ?? '',
      /^packages\/mail\/src\/base\/sample\.ts:2: the function has 72 lines/,
    )
  })

  it('accept a function of 70 lines', () => {
    accepts(budgets, PURE, `export function send() {\n${repeated('  step()', 68)}}\n`)
  })

  it('refuse a file of more than 400 lines', () => {
    refuses(budgets, PURE, repeated('step()', 401))
  })

  it('accept a long file that says it is a table of data', () => {
    accepts(budgets, PURE, `/** A table of data: words. */\n${repeated('step()', 401)}`)
  })

  it('do not count a group of tests as a function', () => {
    accepts(budgets, TEST, `describe('a', () => {\n${repeated('  step()', 80)}})\n`)
  })

  it('count a long test as a function', () => {
    refuses(budgets, TEST, `it('a', () => {\n${repeated('  step()', 80)}})\n`)
  })
})

describe('ambient world', () => {
  for (const form of ['Date.now()', 'new Date()', 'Math.random()', 'Date()', '[1].map(Date.now)']) {
    it(`refuses ${form} in a pure folder`, () => {
      refuses(ambientWorld, PURE, `export const x = ${form}\n`)
    })
  }

  it('accepts the conversion of a given time', () => {
    accepts(ambientWorld, PURE, 'export const x = (ms: number) => new Date(ms)\n')
  })

  it('accepts the clock outside the pure folders', () => {
    accepts(ambientWorld, LIBRARY, 'export const x = Date.now()\n')
  })
})

describe('console output', () => {
  it('is refused in a library', () => {
    refuses(consoleOutput, LIBRARY, "console.log('x')\n")
  })

  it('is refused in a command, with the output port named', () => {
    const path = 'packages/obmen/src/commands/status.ts'

    assert.match(findings(consoleOutput, { [path]: "console.log('x')\n" })[0] ?? '', /output port/)
  })

  it('is accepted where the program begins, and in words', () => {
    accepts(consoleOutput, 'packages/obmen/src/main.ts', "console.log('x')\n")
    accepts(consoleOutput, LIBRARY, "export const console = 'console.log'\n")
  })
})

describe('given-up checks', () => {
  for (const form of [
    'export const x: any = 1',
    'export const x = list[0]!',
    'export const x = y as unknown as string',
    '// @ts-ignore\nexport const x = 1',
    '// oxlint-disable-next-line no-empty\nexport const x = 1',
  ]) {
    it(`are found in: ${form.replace('\n', ' ⏎ ')}`, () => {
      refuses(givenUpChecks, PURE, `${form}\n`)
    })
  }

  it('are not seen in words, in `unknown` and in `!==`', () => {
    accepts(givenUpChecks, PURE, "/** Not any. */\nexport const x: unknown = 'any' !== y\n")
  })
})

describe('named exports', () => {
  it('refuse a default export', () => {
    refuses(namedExports, PURE, 'export default 1\n')
  })

  it('refuse `export *`', () => {
    refuses(namedExports, PURE, "export * from './a.ts'\n")
  })

  it('accept a list of names', () => {
    accepts(namedExports, PURE, "export { a, b } from './a.ts'\n")
  })
})

describe('parameters', () => {
  it('refuse a fourth in a row', () => {
    refuses(parameters, PURE, 'export function f(a: 1, b: 2, c: 3, d: 4) {}\n')
  })

  it('refuse a boolean behind the first', () => {
    refuses(
      parameters,
      PURE,
      'export class A { send(letter: Letter, urgent = false, x: boolean) {} }\n',
    )
  })

  it('accept a boolean that the documentation of the object model has', () => {
    const text =
      'export class A { mark(indexes: readonly number[], set: boolean = true): void {} }\n'
    accepts(parameters, 'packages/mail/src/model/a.ts', text)
  })

  it('accept a boolean that is the subject', () => {
    accepts(parameters, PURE, 'export function assert(holds: boolean, statement: string) {}\n')
  })
})

describe('limit reasons', () => {
  it('are missed above a time-out without a comment', () => {
    refuses(
      limitReasons,
      PURE,
      "import a from 'a'\n\nexport const GREETING_TIMEOUT_MS = 5 * 60_000\n",
    )
  })

  it('are found above the constant', () => {
    accepts(
      limitReasons,
      PURE,
      '/** RFC 5321 §4.5.3.2.1. */\nexport const GREETING_TIMEOUT_MS = 300_000\n',
    )
  })

  it('are shared by constants that stand together', () => {
    accepts(
      limitReasons,
      PURE,
      '// RFC 5321 §4.5.3.1.\nconst PATH_OCTETS = 256\nconst LINE_OCTETS = 512\n',
    )
  })

  it('are not asked of a constant that is no limit', () => {
    accepts(limitReasons, PURE, 'const CR = 13\nconst MINUTE_MS = 60_000\n')
  })
})

describe('drawer names', () => {
  for (const path of ['packages/mail/src/utils.ts', 'packages/mail/src/helpers/a.ts']) {
    it(`refuse ${path}`, () => {
      refuses(drawerNames, path, '')
    })
  }

  it('accept a name that only begins like one', () => {
    accepts(drawerNames, 'packages/mail/src/base/commonmark.ts', '')
  })
})

describe('leftovers', () => {
  it('are refused in a comment', () => {
    refuses(leftovers, PURE, `// ${'TO'}DO: mend this\n`)
  })

  it('are not seen in code', () => {
    accepts(leftovers, PURE, `export const mark = '${'TO'}DO'\n`)
  })
})

describe('switched-off tests', () => {
  for (const form of [
    "it.only('a', () => {})",
    "describe.skip('a', () => {})",
    "it('a', { skip: true }, () => {})",
    "it('a', (t) => { t.skip() })",
    "test.todo('a')",
  ]) {
    it(`are found in: ${form}`, () => {
      refuses(switchedOffTests, TEST, `${form}\n`)
    })
  }

  it('are not seen in a property of another call', () => {
    accepts(switchedOffTests, TEST, "it('a', () => { buffer.skip(3); read({ skip: 3 }) })\n")
  })
})

describe('sleeping tests', () => {
  it('are found by a timer', () => {
    refuses(sleepingTests, TEST, 'await new Promise((go) => setTimeout(go, 100))\n')
  })

  it('are found by the import of a timer', () => {
    refuses(sleepingTests, TEST, "import { setTimeout as sleep } from 'node:timers/promises'\n")
  })

  it('are accepted where real servers are waited for', () => {
    accepts(sleepingTests, 'packages/mail/test-servers/a.test.ts', 'setTimeout(again, 100)\n')
  })
})

describe('duplicate test names', () => {
  const other = 'packages/mail/test/other.test.ts'

  it('are found across the files of a package', () => {
    const text = "describe('a', () => { it('b', () => {}) })\n"

    const [finding] = findings(duplicateTestNames, { [TEST]: text, [other]: text })

    assert.match(finding ?? '', /^packages\/mail\/test\/other\.test\.ts:1: "a › b" is also/)
  })

  it('are not seen in different groups and different packages', () => {
    const files = {
      [TEST]: "describe('a', () => { it('b', () => {}) })\n",
      [other]: "describe('c', () => { it('b', () => {}) })\n",
      'packages/exchange/test/a.test.ts': "describe('a', () => { it('b', () => {}) })\n",
    }

    assert.deepEqual(findings(duplicateTestNames, files), [])
  })
})

describe('unused files', () => {
  const used = {
    'packages/mail/package.json': '{ "exports": { "./smtp": "./src/smtp.ts" } }',
    'packages/mail/src/smtp.ts': "export { A } from './smtp/a.ts'\n",
    'packages/mail/src/smtp/a.ts':
      "type B = import('./b.ts').B\nnew URL('./w.ts', import.meta.url)\n",
    'packages/mail/src/smtp/b.ts': '',
    'packages/mail/src/smtp/w.ts': '',
  }

  it('are those that no public module reaches', () => {
    assert.deepEqual(findings(unusedFiles, used), [])
    assert.match(
      findings(unusedFiles, { ...used, 'packages/mail/src/smtp/lost.ts': '' })[0] ?? '',
      /lost\.ts:1: nothing reaches the file/,
    )
  })

  it('are also those of the product that only a test imports', () => {
    const files = {
      ...used,
      'packages/mail/src/smtp/lost.ts': '',
      [TEST]: "import '../src/smtp/lost.ts'\n",
    }

    assert.match(findings(unusedFiles, files)[0] ?? '', /only tests use the file/)
  })

  it('are found among the scripts', () => {
    const files = {
      'package.json': '{ "scripts": { "tidy": "node scripts/tidy.ts" } }',
      'scripts/tidy.ts': "import './a.ts'\n",
      'scripts/a.ts': '',
    }

    assert.deepEqual(findings(unusedFiles, files), [])
    assert.equal(findings(unusedFiles, { ...files, 'scripts/b.ts': '' }).length, 1)
  })
})

describe('untested errors', () => {
  const classes =
    'export abstract class MailError extends Error {}\n' +
    'export class Refused extends MailError {}\n' +
    'export class RefusedTwice extends Refused {}\n' +
    'export class Letter extends Document {}\n'

  it('are the classes of errors that no test names', () => {
    const found = findings(untestedErrors, { [PURE]: classes, [TEST]: 'throws(RefusedTwice)\n' })

    assert.equal(found.length, 1)
    assert.match(found[0] ?? '', /no test names Refused:/)
  })
})

describe('machine traces', () => {
  for (const text of [
    `see /${'home'}/anna/project`,
    `cd /${'tmp'}/lab`,
    `registry${'='}https://mirror.example`,
    `"resolved"${':'} "https://mirror.example/a.tgz"`,
  ]) {
    it(`are found in: ${text}`, () => {
      refuses(machineTraces, 'docs/a.md', text)
    })
  }

  it('are not seen in addresses and relative paths', () => {
    accepts(
      machineTraces,
      'docs/a.md',
      'https://example.org/work/1, ../home/a, /usr/sbin/postfix\n',
    )
  })
})

describe('readme pairs', () => {
  const english = '# A\n\n## B\n\n```sh\n# not a heading\n```\n'

  it('are equal when chapters and examples are', () => {
    const files = { 'README.md': english, 'README.ru.md': '# А\n## Б\n```sh\n```\n' }

    assert.deepEqual(findings(readmePairs, files), [])
  })

  it('differ by a chapter on another level', () => {
    const files = { 'README.md': english, 'README.ru.md': '# А\n### Б\n```sh\n```\n' }

    assert.match(
      findings(readmePairs, files)[0] ?? '',
      /README\.ru\.md:2: README\.md has "B" on level 2/,
    )
  })

  it('differ by an example', () => {
    const files = { 'README.md': english, 'README.ru.md': '# А\n## Б\n```ts\n```\n' }

    assert.match(findings(readmePairs, files)[0] ?? '', /the code blocks sh, this file ts/)
  })
})
