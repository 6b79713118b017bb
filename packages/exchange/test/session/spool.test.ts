import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { Spool } from '../../src/session/spool.ts'

const UUID = '0b9c2d4e-0000-4000-8000-000000000001'
const OTHER = '0b9c2d4e-0000-4000-8000-000000000002'

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('the spool', () => {
  it('keeps the bodies that are needed, and files that are not its own', async (t) => {
    const folder = makeFolder(t)
    const spool = new Spool(folder)
    const files = [`body_${OTHER}`, 'in_message', 'notes.txt', 'body_of_evidence.txt']
    for (const path of [spool.body(UUID), ...files.map((file) => join(folder, file))]) {
      writeFileSync(path, '')
    }

    await spool.clean([UUID])

    assert.deepEqual(
      readdirSync(folder).toSorted(),
      ['notes.txt', 'body_of_evidence.txt', `body_${UUID}`].toSorted(),
    )
    assert.equal(existsSync(spool.body(UUID)), true)
  })
})
