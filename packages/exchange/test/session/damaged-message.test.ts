import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import zlib, { zstdCompressSync } from 'node:zlib'

import { formatEndLine, formatPartLine } from '../../src/message/body-lines.ts'
import { MessageDamaged, MessageTooNew } from '../../src/message/errors.ts'
import { formatHeaderLine } from '../../src/message/header-line.ts'
import { verifyMessage } from '../../src/session/message-reader.ts'
import {
  GOODS,
  GOODS_LINE,
  HEADER,
  changes,
  makeFolder,
  write,
  writeBody,
  readFrames,
  writePart,
  writeSealed,
  readRows,
  NAMES,
} from './message-samples.ts'

/** Whether the file is refused, and as what. */
async function judge(path: string): Promise<'whole' | 'damaged' | Error> {
  try {
    await verifyMessage(path)
    return 'whole'
  } catch (error) {
    if (error instanceof MessageDamaged) return 'damaged'
    return error instanceof Error ? error : new Error('not an error')
  }
}

describe('a damaged message file', () => {
  it('is seen wherever it is cut, unless all its rows and its seal are there', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
    const octets = await readFile(path)
    const rows = await readRows(path)

    for (let length = 0; length < octets.length; length += 1) {
      await writeFile(path, octets.subarray(0, length))
      const verdict = await judge(path)
      if (verdict === 'whole') assert.deepEqual(await readRows(path), rows, `${length} octets`)
      else assert.equal(verdict, 'damaged', `${length} octets`)
    }
  })

  it('is seen whichever octet is altered, or says the same as before', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
    const octets = await readFile(path)
    const rows = await readRows(path)

    for (const [position, octet] of octets.entries()) {
      const altered = Buffer.from(octets)
      altered[position] = octet ^ (1 << (position % 8))
      await writeFile(path, altered)
      const verdict = await judge(path)
      if (verdict === 'whole') assert.deepEqual(await readRows(path), rows, `octet ${position}`)
      else assert.equal(verdict, 'damaged', `octet ${position}`)
    }
  })

  it('is none when only something was appended to it', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
    const octets = await readFile(path)
    const rows = await readRows(path)

    await writeFile(path, Buffer.concat([octets, zstdCompressSync('["u",9,"ЦБ",9,"Мёд"]\n')]))

    assert.equal(await judge(path), 'whole')
    assert.deepEqual(await readRows(path), rows)
  })

  const bodies = [
    { name: 'nothing', body: '' },
    { name: 'an empty line', body: '\n' },
    { name: 'a header alone', body: `${formatHeaderLine(HEADER)}\n` },
    { name: 'no end line', body: `${formatHeaderLine(HEADER)}\n["u",1,"ЦБ",1]\n` },
    { name: 'a false seal', body: `${formatHeaderLine(HEADER)}\n{"rows":0,"sha256":"00"}\n` },
    { name: 'a header that is not JSON', body: 'obmen\n' },
    { name: 'octets that are no text', body: Buffer.from([0xff, 0xfe, 0x0a]) },
  ]
  for (const { name, body } of bodies) {
    it(`is one with ${name}`, async (t) => {
      assert.equal(await judge(await writeBody(t, body)), 'damaged')
    })
  }

  it('is one with a header that is too long, although it is what its seal says', async (t) => {
    const headerLine = `${' '.repeat(4 << 20)}${formatHeaderLine(HEADER)}\n`
    const sha256 = createHash('sha256').update(headerLine).digest('hex')
    const endLine = formatEndLine({ rowCount: 0, sha256 })

    assert.equal(await judge(await writeBody(t, `${headerLine}${endLine}\n`)), 'damaged')
  })

  it('is one that was never compressed', async (t) => {
    const path = join(await makeFolder(t), 'message')
    await writeFile(path, `${formatHeaderLine(HEADER)}\n`)

    assert.equal(await judge(path), 'damaged')
  })

  it('is one whose rows no part seals', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
    const body = readFrames(await readFile(path)).join('')

    assert.equal(await judge(await writeBody(t, body)), 'damaged')
  })

  const parts = [
    { name: 'miscounts its rows', lines: `${GOODS_LINE}["u",1,"ЦБ",1,"a"]\n`, rows: 2 },
    { name: 'has rows before any table', lines: '["u",1,"ЦБ",1,"a"]\n', rows: 1 },
    { name: 'has rows of two lines', lines: `${GOODS_LINE}["u",1,"ЦБ",\n1,"a"]\n`, rows: 1 },
    {
      name: 'has two rows in a line',
      lines: `${GOODS_LINE}${'["u",1,"ЦБ",1,"a"],'.repeat(2)}\n`,
      rows: 2,
    },
    { name: 'has a seal among its rows', lines: `${GOODS_LINE}{"rows":0,"sha256":""}\n`, rows: 0 },
    { name: 'ends within a line', lines: `${GOODS_LINE}["u",1,"ЦБ",1,"a"]`, rows: 1 },
    { name: 'has an empty line', lines: `${GOODS_LINE}\n`, rows: 0 },
    { name: 'is empty', lines: '', rows: 0 },
  ]
  for (const { name, lines, rows } of parts) {
    it(`is one with a part that ${name}, though its seals fit`, async (t) => {
      const path = await writePart(t, lines, rows)

      await assert.rejects(readRows(path), MessageDamaged)
    })
  }

  it('is one with octets behind the frame of a part, though its seals fit', async (t) => {
    const lines = Buffer.from(`${GOODS_LINE}["u",1,"ЦБ",1,"Чай"]\n`)
    for (const more of [Buffer.from('more'), zstdCompressSync('["u",1,"ЦБ",2,"Соль"]\n')]) {
      const frame = Buffer.concat([zstdCompressSync(lines), more])
      const sha256 = createHash('sha256').update(frame).digest('hex')
      const seal = `${formatPartLine({ rowCount: 1, octets: frame.length, sha256 })}\n`
      const frames = Buffer.concat([zstdCompressSync(seal), frame])
      const path = await writeSealed(t, { seal, frames }, 1)

      await assert.rejects(readRows(path), {
        code: 'MESSAGE_DAMAGED',
        message: /a part of it is not one frame/,
      })
    }
  })

  for (const code of ['ZSTD_error_memory_allocation', 'ERR_ZLIB_INITIALIZATION_FAILED']) {
    it(`is none when this machine lacks the memory to read it: ${code}`, async (t) => {
      const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
      const lack = Object.assign(new Error('no memory'), { code })
      const { mock } = t.mock.method(zlib, 'zstdDecompressSync', () => {
        throw lack
      })
      syncBuiltinESMExports()

      const verdict = await judge(path)
      mock.restore()
      syncBuiltinESMExports()

      assert.equal(verdict, lack)
      assert.equal(await judge(path), 'whole')
    })
  }

  it('names the line that is no row', async (t) => {
    const rows = Array.from({ length: 1000 }, (_, index) => `["u",1,"ЦБ",${index},"a"]\n`)
    const lines = `${GOODS_LINE}${rows.toSpliced(700, 1, '["u",1,"ЦБ",700,"a"\n').join('')}`

    await assert.rejects(readRows(await writePart(t, lines, 1000)), {
      // Behind header, part line, table line and 700 rows.
      damage: 'line 704 is not JSON',
    })
  })

  it('is none when its file is missing: that is an error of this machine', async (t) => {
    const path = join(await makeFolder(t), 'no message')

    await assert.rejects(verifyMessage(path), { code: 'ENOENT' })
  })
})

describe('a message of a later format', () => {
  it('is told apart from a damaged one', async (t) => {
    const body = `${formatHeaderLine(HEADER).replace('"obmen":1', '"obmen":2')}\n{"new":"end"}\n`

    await assert.rejects(verifyMessage(await writeBody(t, body)), MessageTooNew)
  })

  it('counts as damaged when its file is not whole', async (t) => {
    const body = `${formatHeaderLine(HEADER).replace('"obmen":1', '"obmen":2')}\n{"new":"en`

    assert.equal(await judge(await writeBody(t, body)), 'damaged')
  })
})

describe('a decompression bomb', () => {
  it('of lines ends at a limit', async (t) => {
    const body = Buffer.concat([Buffer.from(formatHeaderLine(HEADER)), Buffer.alloc(20 << 20, 'x')])

    await assert.rejects(verifyMessage(await writeBody(t, body)), {
      code: 'MESSAGE_DAMAGED',
      damage: 'a frame of it holds too much',
    })
  })

  it('of seals ends at a limit: each of them is kept', async (t) => {
    const nothing = createHash('sha256').digest('hex')
    const seal = formatPartLine({ rowCount: 0, octets: 0, sha256: nothing })
    const frame = zstdCompressSync(`${seal.padEnd(15 << 20)}\n`)
    const path = await writeBody(t, `${formatHeaderLine(HEADER)}\n`)
    for (let count = 0; count < 5; count += 1) await appendFile(path, frame)

    await assert.rejects(verifyMessage(path), { damage: 'it has more lines than any message' })
  })

  it('of rows ends at a limit, and where it is damaged', async (t) => {
    const endless = await writePart(t, Buffer.alloc(300 << 20, 'x'), 1)
    const empty = await writePart(t, GOODS_LINE.padEnd(20 << 20, '\n'), 1)

    await assert.rejects(readRows(endless), { damage: 'a frame of it holds too much' })
    await assert.rejects(readRows(empty), { damage: 'line 4 is not JSON' })
  })
})
