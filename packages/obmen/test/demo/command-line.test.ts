import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'

import { CommandFailed, CommandLine, formatCommand } from '../../src/demo/command-line.ts'
import { runDemo } from '../../src/demo/run-demo.ts'
import { Screen } from '../../src/demo/screen.ts'
import { EXIT } from '../../src/errors/exit-code.ts'
import { en } from '../../src/locale/en.ts'
import type { Io } from '../../src/output/io.ts'
import { temporaryFolderIn } from './demo-run.ts'

describe('Commands of the demo', () => {
  it('are shown as a shell takes them', () => {
    assert.equal(
      formatCommand(['init', '--config', 'ЦБ/obmen.yaml', '--message-size', '200 KB']),
      "npx obmen init --config ЦБ/obmen.yaml --message-size '200 KB'",
    )
    assert.equal(formatCommand(['demo', '--keep', "Ann's"]), `npx obmen demo --keep 'Ann'\\''s'`)
  })

  it('end the demo when one of them fails, with its words and its exit code', async () => {
    const said: string[] = []
    const given: Io[] = []

    const exitCode = await runDemo({
      io: ioThatSays(said),
      messages: en,
      keep: undefined,
      runProgram: async (_argv, io) => {
        given.push(io)
        io.err('error: the disk is full\n')
        return EXIT.temporary
      },
    })

    const out = said.join('')
    assert.equal(exitCode, EXIT.temporary)
    assert.equal(given.length, 1)
    assert.match(out, /error: the disk is full/)
    assert.match(out, /npx obmen init .* ended with exit\s+code 75/s)
    assert.equal(existsSync(temporaryFolderIn(out)), false)
  })

  it('fail with the command and its exit code', async () => {
    const io = ioThatSays([])
    const obmen = new CommandLine({
      io,
      screen: new Screen(io),
      language: 'en',
      cwd: io.cwd,
      signal: io.interruption(),
      runProgram: async () => EXIT.permission,
    })

    await assert.rejects(obmen.ask(['exchange']), (error) => {
      assert.ok(error instanceof CommandFailed)
      assert.equal(error.exitCode, EXIT.permission)
      assert.equal(error.message, 'npx obmen exchange')
      return true
    })
  })

  it('are not misled by the settings of whoever starts the demo', async () => {
    const environments: Io['env'][] = []

    await runDemo({
      io: { ...ioThatSays([]), env: { OBMEN_DATABASE: 'mine.db', TERM: 'dumb' } },
      messages: en,
      keep: undefined,
      runProgram: async (_argv, { env }) => {
        environments.push(env)
        return EXIT.usage
      },
    })

    assert.deepEqual(environments, [{ TERM: 'dumb' }])
  })
})

function ioThatSays(said: string[]): Io {
  return {
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    isTerminal: false,
    columns: 80,
    cwd: tmpdir(),
    env: {},
    systemLocale: 'en-GB',
    now: () => 0,
    input: () => Promise.resolve(''),
    interruption: () => new AbortController().signal,
  }
}
