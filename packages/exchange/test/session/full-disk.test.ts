import assert from 'node:assert/strict'
import { type FileHandle, open } from 'node:fs/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { exchange } from '@obmen/exchange'

import { areEqual, openWorld, settle } from '../world.ts'

/** Of each write the disk takes half, as one does that has no room for all of it (write(2)). */
async function takeHalf(t: TestContext): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const handle = await open(join(folder, 'file'), 'w')
  const prototype: FileHandle = Object.getPrototypeOf(handle)
  const { write } = prototype
  await handle.close()
  rmSync(folder, { recursive: true })
  t.mock.method(
    prototype,
    'write',
    function half(
      this: FileHandle,
      octets: Uint8Array,
      offset = 0,
      length: number = octets.length - offset,
      position: number | null = null,
    ) {
      const some = [octets, offset, Math.ceil(length / 2), position]
      const written: ReturnType<typeof write> = Reflect.apply(write, this, some)
      return written
    },
  )
}

describe('a disk that takes a part of what is written', () => {
  it('makes no message a damaged one: the rest is written too', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await takeHalf(t)

    await world.office.exchange()
    const [result] = await exchange(world.shop.context)
    await settle(world)

    assert.deepEqual(result?.errors, [])
    assert.equal(await areEqual(world), true)
  })
})
