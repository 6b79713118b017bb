/**
 * `npm test`: all tests that need no server. Several runs go side by side. Files that get on with one another share a process, which
 * saves them the start of a process and the loading of the same modules, more than half of their time; every other file
 * has a process of its own, so that what it leaves behind (a variable of the environment, a handler of a signal) is its own. What is
 * given to this program is given to all, such as `--test-name-pattern=…`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import './compile-cache.ts'

/** Every test that needs no server. */
const TESTS = ['packages/*/test/**/*.test.ts', 'scripts/test/*.test.ts']

/** Files that start processes, shut this one down, or take something away from it. */
const APART = [
  'packages/obmen/test/{bin,kill}.test.ts',
  'packages/mail/test/mime/base64.no-webassembly.test.ts',
]

/** Files that share one PostgreSQL. */
const ON_POSTGRES = [
  'packages/exchange/test/store/postgres/*.test.ts',
  'packages/exchange/test/simulation/postgres-worlds.test.ts',
  'packages/obmen/test/commands/{postgres,work}.test.ts',
  'packages/obmen/test/daemon/node-queue.test.ts',
]

/** Files of one simulation, which puts a disk of its own in the place of the system's; `worlds` waits for a process of its own. */
const SIMULATED = [
  'packages/exchange/test/simulation/found/*.test.ts',
  'packages/exchange/test/simulation/{copies,mutations,repeatable,shrink}.test.ts',
]

/** Files that leave nothing behind in their process; in two halves, each about as long as another run. */
const CLEAN_MAIL = [
  'packages/mail/test/{address,base,dkim,imap,mime,model,net,pop3,proxy,ru,sasl,smtp,testing,wire}/**/*.test.ts',
  'packages/obmen/test/{commands,config,errors,locale,output}/**/*.test.ts',
]
const CLEAN_EXCHANGE = [
  'packages/exchange/test/{message,plan,session,transport,store/{apply,sqlite}}/**/*.test.ts',
]

const root = join(import.meta.dirname, '..')
const left = new Set(globSync(TESTS, { cwd: root }))
const apart = take(globSync(APART, { cwd: root }))
const onPostgres = take(globSync(ON_POSTGRES, { cwd: root }))
const simulated = take(globSync(SIMULATED, { cwd: root }))
// A census counts what there is in its whole process.
const counted = take([...left].filter(takesCensus))
const cleanMail = take(globSync(CLEAN_MAIL, { cwd: root }))
const cleanExchange = take(globSync(CLEAN_EXCHANGE, { cwd: root }))

const TOGETHER = '--test-isolation=none'
const options = process.argv.slice(2)
const [shown, ...heard] = await Promise.all([
  runTests(['--test-concurrency=2', ...options, ...apart, ...left], 'inherit'),
  runTests([TOGETHER, ...options, ...onPostgres], 'pipe'),
  runTests([TOGETHER, ...options, ...counted], 'pipe'),
  runTests([TOGETHER, ...options, ...simulated], 'pipe'),
  runTests([TOGETHER, ...options, ...cleanMail], 'pipe'),
  runTests([TOGETHER, ...options, ...cleanExchange], 'pipe'),
])
for (const { output } of heard) process.stdout.write(output)
process.exitCode = [shown, ...heard].find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0

/** Each file is taken once. */
function take(files: readonly string[]): readonly string[] {
  return files.filter((file) => left.delete(file))
}

function takesCensus(file: string): boolean {
  return readFileSync(join(root, file), 'utf8').includes('takeCensus()')
}

/** The words of one run would be lost among those of the others: what is piped is kept until all are over. */
async function runTests(
  options: readonly string[],
  stdout: 'pipe' | 'inherit',
): Promise<{ readonly exitCode: number; readonly output: Buffer }> {
  const child = spawn(process.execPath, ['--test', ...options], {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return { exitCode: child.exitCode ?? 1, output: Buffer.concat(chunks) }
}
