/**
 * Keeps compiled modules in build/ between the processes of a test run. Each test file is a process of its own, and without it
 * each of them strips the types of the same sources anew: half of the time of the whole run.
 */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../build/compile-cache'))
