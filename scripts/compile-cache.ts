/**
 * Keeps compiled modules in build/ between the processes of a test run. Each test file is a process of its own, and without it
 * each of them strips the types of the same sources anew: half of the time of the whole run. Programs that a test starts find it by
 * the environment.
 */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../build/compile-cache')
enableCompileCache(folder)
process.env['NODE_COMPILE_CACHE'] = folder
