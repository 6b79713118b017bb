import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'

import { temporaryFolderIn } from './demo-run.ts'

const PROGRAM = join(import.meta.dirname, '../../src/bin.ts')

it('A demo that is interrupted twice at once leaves nothing behind', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--lang', 'en'])
  let out = ''
  child.stdout.on('data', (octets: Buffer) => {
    const isFirst = temporaryFolderIn(out) === ''
    out += octets.toString()
    if (!isFirst || temporaryFolderIn(out) === '') return
    child.kill('SIGINT')
    child.kill('SIGTERM')
  })

  await once(child, 'close')

  const folder = temporaryFolderIn(out)
  assert.notEqual(folder, '')
  assert.equal(existsSync(folder), false)
})
