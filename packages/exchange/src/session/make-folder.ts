import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import { codeOf } from './error-code.ts'

/**
 * Makes a folder and those that it lies in, also when another process is just making them. `recursive` of Node.js says of a disk that can only be read that
 * there is no such folder; here it is what the operating system says.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    const parent = dirname(folder)
    // The root of a drive that is not there has no other parent.
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error
    if (!existsSync(parent)) await makeFolder(parent)
    await makeOne(folder)
  }
}

/** Makes a folder within one that is there, unless somebody has. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
  }
}
