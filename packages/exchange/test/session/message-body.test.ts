import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'

import { sealPart } from '../../src/session/frames.ts'
import { MessageBody } from '../../src/session/message-body.ts'
import { OctetBuffer } from '../../src/session/octet-buffer.ts'

it('a body is in its file whole, also when the disk takes it by pieces', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-body-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'body')
  const file = await open(path, 'w')
  const write = file.write.bind(file)
  t.mock.method(file, 'write', (octets: Uint8Array, at: number, length: number, place: number) => {
    return write(octets, at, Math.min(length, 7), place)
  })
  const body = new MessageBody('body', file)
  const lines = new OctetBuffer()
  lines.write('["u",1,"A",1,"some text that takes more than seven octets"]\n')

  await body.endPart(lines, [{ sender: '', rowCount: 1, octets: lines.view() }])
  await body.close()

  assert.deepEqual(await readFile(path), Buffer.from(sealPart(lines.view(), 1).frames))
  const [[begin, end] = []] = (await body.piecesFor(parseNodeCode('С01'))).ranges
  assert.deepEqual([begin, end], [0, (await readFile(path)).length])
})
