import assert from 'node:assert/strict'
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { KeyMarks } from '../../src/session/key-marks.ts'

describe('the file of marks', () => {
  it('is on the disk, and its folder is too, before anybody makes use of what it says', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const synced: boolean[] = []
    const handle = await open(folder)
    const prototype: FileHandle = Object.getPrototypeOf(handle)
    await handle.close()
    t.mock.method(prototype, 'sync', async function sync(this: FileHandle) {
      synced.push((await this.stat()).isDirectory())
    })

    await new KeyMarks(folder).set('handed', 'orders', 100)

    assert.deepEqual(synced, [false, true])
  })

  it('is replaced whole: a power failure leaves the old one or the new one', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    await new KeyMarks(folder).set('handed', 'orders', 100)
    const before = join(folder, 'before')
    linkSync(join(folder, 'key-marks.json'), before)

    await new KeyMarks(folder).set('used', '__proto__', 7)

    const marks = new KeyMarks(folder)
    assert.deepEqual([marks.of('handed', 'orders'), marks.of('used', '__proto__')], [100, 7])
    assert.equal(readFileSync(before, 'utf8'), '{"handed orders":100}')
    assert.deepEqual(readdirSync(folder).toSorted(), ['before', 'key-marks.json'])
  })
})
