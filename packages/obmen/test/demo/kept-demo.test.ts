import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'

import { Interrupted } from '../../src/errors/site-error.ts'
import { type DemoRun, runHere, TestFolder } from './demo-run.ts'

describe('Kept demo', () => {
  let folder: TestFolder
  let demo: DemoRun

  before(async () => {
    folder = new TestFolder()
    demo = await runHere(['demo', '--lang', 'en', '--keep', 'trade'], { cwd: folder.path })
  })

  after(() => folder[Symbol.dispose]())

  it('ends well, in lines that fit', () => {
    assert.equal(demo.exitCode, 0, demo.out + demo.err)
    assert.doesNotMatch(demo.out, /✗/)
    assert.match(demo.out, /✓ all 13 tables are the same on all three sites/)
    assert.match(demo.out, /✓ all 3 letters are still there, unread, and nothing else is/)
    assert.deepEqual(
      demo.out.split('\n').filter((line) => line.length > 100),
      [],
    )
  })

  it('leaves databases, configurations, passwords and letters', () => {
    for (const code of ['ЦБ', 'С01', 'С02']) {
      for (const name of ['northwind.db', 'obmen.yaml', 'secret']) {
        assert.ok(existsSync(join(folder.path, 'trade', code, name)), `${code}/${name}`)
      }
    }
    const letters = readdirSync(join(folder.path, 'trade/letters/exchange@example.org'))
    assert.equal(letters.filter((name) => name.endsWith('.eml')).length, 3)
  })

  it('tells commands that work, with its mail host running again', async () => {
    const [serve = [], change = [], ...others] = commandsIn(demo.out)
    const stop = new AbortController()
    const running = Promise.withResolvers<string>()
    const host = runHere(serve, { cwd: folder.path, signal: stop.signal, onOut: running.resolve })
    const greeting = await running.promise
    const [, path = '', sql = ''] = change
    using database = new DatabaseSync(join(folder.path, path))
    database.exec(sql)

    const outcomes: DemoRun[] = []
    for (const argv of others) outcomes.push(await runHere(argv, { cwd: folder.path }))
    stop.abort(new Interrupted('SIGINT'))

    assert.match(greeting, /mailbox exchange@example\.org, SMTP 127\.0\.0\.1:\d+/)
    assert.equal((await host).exitCode, 0)
    assert.deepEqual(
      outcomes.map(({ exitCode }) => exitCode),
      [0, 0, 0],
    )
    using office = new DatabaseSync(join(folder.path, 'trade/ЦБ/northwind.db'))
    const [row] = office.prepare('SELECT UnitPrice FROM Products WHERE ProductID = 4').all()
    assert.equal(row?.['UnitPrice'], 25)
  })

  it('is not made in a folder that holds something', async () => {
    using other = new TestFolder()
    writeFileSync(join(other.path, 'diary.txt'), '')

    const { exitCode, out, err } = await runHere(['demo', '--keep', other.path])

    assert.equal(exitCode, 64)
    assert.equal(out, '')
    assert.match(err, /^error: the folder \S+ is not empty\ntry: name a folder that is empty/)
    assert.deepEqual(readdirSync(other.path), ['diary.txt'])
  })

  it('is needed to run its mail host', async () => {
    using empty = new TestFolder()

    const { exitCode, err } = await runHere(['demo', '--serve', empty.path])

    assert.equal(exitCode, 64)
    assert.match(
      err,
      /^error: there is no kept demo in \S+\ntry: make one first: npx obmen demo --keep /,
    )
  })
})

/** The commands that the ending tells, as arguments: of `obmen` without its name, of other programs with it. */
function commandsIn(out: string): string[][] {
  const ending = out.slice(out.indexOf('Everything stays in'))
  return [...ending.matchAll(/^ {2}\$ (.*)$/gm)].map(([, command = '']) => {
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    )
    return words[0] === 'npx' ? words.slice(2) : words
  })
}
