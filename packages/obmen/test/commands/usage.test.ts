import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { COMMANDS } from '../../src/commands/registry.ts'
import { ConfigNotFound } from '../../src/errors/config-error.ts'
import { UsageError } from '../../src/errors/usage-error.ts'
import { TestSite } from '../test-site.ts'

const GLOBAL_OPTIONS = ['config', 'lang', 'verbose', 'help', 'version']

describe('help', () => {
  for (const { name, help, options } of COMMANDS) {
    for (const language of ['en', 'ru'] as const) {
      it(`of ${name} names every option and ends with examples (${language})`, async () => {
        using site = new TestSite('')

        const { exitCode, out, err } = await site.run(
          ...name.split(' '),
          '--help',
          '--lang',
          language,
        )

        assert.equal(exitCode, 0)
        assert.equal(err, '')
        assert.equal(out, help[language].usage)
        for (const option of Object.keys(options))
          assert.match(out, new RegExp(`^  --${option} `, 'm'))
        const [, examples = ''] = out.split(/^(?:Examples|Примеры):\n/m)
        assert.match(examples, new RegExp(`^  obmen ${name}`))
        const named = [...out.matchAll(/--([a-z][a-z-]*)/g)].map(([, option]) => option ?? '')
        const unknown = named.filter((option) => !(option in options))
        assert.deepEqual(
          unknown.filter((option) => !GLOBAL_OPTIONS.includes(option)),
          [],
        )
      })
    }
  }

  it('lists every command with what it does', async () => {
    using site = new TestSite('')

    const english = await site.run('--help')
    const russian = await site.run('--help', '--lang', 'ru')

    for (const { name, help } of COMMANDS) {
      assert.match(english.out, new RegExp(`  ${name} +${help.en.summary}\n`))
      assert.match(russian.out, new RegExp(`  ${name} +${help.ru.summary}\n`))
    }
  })

  it('of a group lists its commands', async () => {
    using site = new TestSite('')

    const { out } = await site.run('node', '--help')

    assert.match(out, /node add/)
    assert.doesNotMatch(out, /exchange +receive/)
  })

  it('tells the version', async () => {
    using site = new TestSite('')

    assert.match((await site.run('--version')).out, /^\d+\.\d+\.\d+\n$/)
  })
})

describe('wrong command line', () => {
  const WRONG: readonly {
    readonly name: string
    readonly argv: readonly string[]
    readonly err: string
  }[] = [
    {
      name: 'without a command lists all',
      argv: [],
      err: `error: no command was given\ntry: one of: ${COMMANDS.map(({ name }) => name).join(', ')}; see obmen --help\n`,
    },
    {
      name: 'with a misspelt command names the nearest',
      argv: ['exchagne'],
      err: 'error: there is no command "exchagne"\ntry: obmen exchange\n',
    },
    {
      name: 'with a group alone lists its commands',
      argv: ['node'],
      err: 'error: no command was given\ntry: one of: node add, node list, node show, node set, node restart, node remove; see obmen --help\n',
    },
    {
      name: 'with a misspelt command of a group names the nearest',
      argv: ['node', 'lst'],
      err: 'error: there is no command "node lst"\ntry: obmen node list\n',
    },
    {
      name: 'with a misspelt option names the nearest',
      argv: ['status', '--cheksums'],
      err: 'error: there is no option --cheksums here\ntry: did you mean --checksums? See obmen status --help\n',
    },
    {
      name: 'with an option of another command shows the help',
      argv: ['status', '--repair'],
      err: 'error: there is no option --repair here\ntry: obmen status --help\n',
    },
    {
      name: 'with one hyphen too few is told so',
      argv: ['status', '-j'],
      err: 'error: there is no option -j here\ntry: obmen status --help\n',
    },
    {
      name: 'with an option that lacks its value is told so',
      argv: ['init', '--plan', '--node', 'С01'],
      err: 'error: option --plan needs a value\ntry: obmen init --help\n',
    },
    {
      name: 'with a value for an option that has none is told so',
      argv: ['status', '--json=yes'],
      err: 'error: option --json takes no value\ntry: obmen status --help\n',
    },
    {
      name: 'with an unknown language lists the known ones',
      argv: ['status', '--lang', 'de'],
      err: `error: option --lang can't be "de"\ntry: one of: en, ru\n`,
    },
    {
      name: 'of init lists everything that is missing at once',
      argv: ['init', '--plan', 'П', '--node', 'А', '--database', 'x.db'],
      err: 'error: options are missing: --address --send --receive\ntry: obmen init --help\n',
    },
    {
      name: 'of init with two kinds of tables is told so',
      argv: ['init', '--only', 'a', '--except', 'b'],
      err: 'error: options --only and --except exclude each other\ntry: obmen init --help\n',
    },
    {
      name: 'of init with two places of the password is told so',
      argv: ['init', '--password-env', 'A', '--password-file', 'b'],
      err: 'error: options --password-env and --password-file exclude each other\ntry: obmen init --help\n',
    },
    ...['node add', 'node show', 'node remove'].map((command) => ({
      name: `of ${command} without a node is told so`,
      argv: command.split(' '),
      err: `error: NODE is missing\ntry: obmen ${command} --help\n`,
    })),
    ...['init', 'node list', 'node show С01', 'node remove С01', 'status'].map((command) => ({
      name: `of ${command} with an argument too many is told so`,
      argv: [...command.split(' '), 'С02'],
      err: `error: "С02" is one argument too many\ntry: obmen ${command.replace(' С01', '')} --help\n`,
    })),
  ]
  for (const { name, argv, err } of WRONG) {
    it(name, async () => {
      using site = new TestSite('')

      assert.deepEqual(await site.run(...argv), { exitCode: 64, out: '', err })
    })
  }

  it('is told in the language that it asks for', async () => {
    using site = new TestSite('')

    const { err } = await site.run('node', 'add', '--lang', 'ru')

    assert.equal(err, 'ошибка: не указано: УЗЕЛ\nчто делать: obmen node add --help\n')
  })

  it('with --verbose shows the error itself too', async () => {
    using site = new TestSite('')

    const { err } = await site.run('node', '--verbose')

    assert.match(err, new RegExp(`${UsageError.name}: no command was given\\n +at `))
  })

  for (const command of ['node list', 'node add С01', 'exchange', 'status']) {
    it(`of ${command} without a configuration says how to make one`, async () => {
      using site = new TestSite('')

      assert.deepEqual(await site.run(...command.split(' ')), {
        exitCode: 78,
        out: '',
        err: 'error: there is no configuration file obmen.yaml\ntry: make it with: obmen init, or name it with: --config FILE\n',
      })
    })
  }
})

describe('an error', () => {
  it('is there for a program too, with --json', async () => {
    using site = new TestSite('')

    const { exitCode, out, err } = await site.run('status', '--json')

    const { message, hint } = new ConfigNotFound('obmen.yaml')
    const error = { code: 'CONFIG_NOT_FOUND', transient: false, message, hint }
    assert.equal(exitCode, 78)
    assert.deepEqual(JSON.parse(out), { error })
    assert.equal(err, `error: ${message}\ntry: ${hint}\n`)
  })
})
