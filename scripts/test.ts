/**
 * `npm test`: all tests that need no server. Two runs go side by side: files that connect to nothing share one process, which
 * saves them the start of a process and the loading of the same modules, more than half of their time; every other file
 * has a process of its own, so that what it leaves behind (a socket, a timer, a variable of the environment) is its own. What is
 * given to this program is given to both, such as `--test-name-pattern=…`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import './compile-cache.ts'

/** Every test that needs no server. */
const TESTS = ['packages/*/test/**/*.test.ts', 'scripts/test/*.test.ts']

/** Folders of tests that leave nothing behind in their process; but for files that connect, and therefore take a census. */
const TOGETHER = [
  'packages/mail/test/{address,base,dkim,imap,mime,model,pop3,proxy,sasl,smtp,testing,wire}/**/*.test.ts',
  'packages/exchange/test/{message,plan,session,transport,store/{apply,sqlite}}/**/*.test.ts',
  'packages/obmen/test/{config,errors,locale,output}/**/*.test.ts',
]

const root = join(import.meta.dirname, '..')
const together = new Set(globSync(TOGETHER, { cwd: root }).filter((file) => !takesCensus(file)))
const alone = globSync(TESTS, { cwd: root }).filter((file) => !together.has(file))

const options = process.argv.slice(2)
const [heard, shown] = await Promise.all([
  runTests(['--test-isolation=none', ...options, ...together], 'pipe'),
  runTests(['--test-concurrency=2', ...options, ...alone], 'inherit'),
])
process.stdout.write(heard.output)
process.exitCode = heard.exitCode === 0 ? shown.exitCode : heard.exitCode

function takesCensus(file: string): boolean {
  return readFileSync(join(root, file), 'utf8').includes('takeCensus()')
}

/** The words of one run would be lost among those of the other: what is piped is kept until both are over. */
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
