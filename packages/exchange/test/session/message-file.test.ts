import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import { createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { formatEndLine, type RowLine, type TableLine } from '../../src/message/body-lines.ts'
import { MessageDamaged, MessageTooNew } from '../../src/message/errors.ts'
import { FrameWalker } from '../../src/message/frame-walker.ts'
import { formatHeaderLine } from '../../src/message/header-line.ts'
import { FIRST_EPOCH } from '../../src/plan/epoch.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { readMessage, verifyMessage } from '../../src/session/message-reader.ts'
import { writeBody as writeBodyOf } from '../../src/session/message-body.ts'
import type { Change, ChangeBatch } from '../../src/store/change-store.ts'
import { type WrittenFile, writeMessageFile } from './write-message-file.ts'

const GOODS: TableLine = {
  kind: 'table',
  table: 'goods',
  keyLength: 1,
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'name', type: 'text' },
  ],
}

const PRICES: TableLine = { ...GOODS, table: 'prices' }

const ORIGIN = parseNodeCode('ЦБ')

const HEADER: MessageHeader = {
  plan: parsePlanName('УдаленныеСклады'),
  from: ORIGIN,
  to: parseNodeCode('С01'),
  epoch: FIRST_EPOCH,
  messageNo: toMessageNo(7),
  uuid: '3f9d0a52-5a2c-4b0e-9a39-0f6f0f3ad001',
  baseNo: toMessageNo(6),
  predecessors: [],
  writtenAt: 1_763_790_000_000,
}

/** Changes with the numbers from `first` on: row 1 has position 10, row 2 position 20, … */
function changes(first: number, names: readonly string[]): Change[] {
  return names.map((name, index) => {
    const id = first + index
    const row: RowLine = { kind: 'row', stamp: id, origin: ORIGIN, values: [BigInt(id), name] }
    return { seq: id * 10, entrySeq: id * 10, via: '', row }
  })
}

async function* inBatches(...batches: readonly ChangeBatch[]): AsyncGenerator<ChangeBatch> {
  await Promise.resolve()
  yield* batches
}

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'obmen-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

async function write(
  t: TestContext,
  batches: readonly ChangeBatch[],
  limitOctets = 1_000_000,
): Promise<WrittenFile> {
  const path = join(await makeFolder(t), 'message')
  const draft = { header: HEADER, batches: inBatches(...batches) }
  return writeMessageFile(path, draft, { limitOctets, leavesOwnOut: true })
}

/** Writes a file with this body, compressed. */
async function writeBody(t: TestContext, body: string | Buffer): Promise<string> {
  const path = join(await makeFolder(t), 'message')
  await writeFile(path, zstdCompressSync(body))
  return path
}

async function readRows(path: string): Promise<readonly (string | RowLine)[]> {
  const pieces: (string | RowLine)[] = []
  for await (const piece of readMessage(path)) {
    if ('table' in piece) pieces.push(piece.table)
    else pieces.push(...piece)
  }
  return pieces
}

const NAMES = ['Чай', 'Кофе', 'Какао', 'Соль']

describe('a message file', () => {
  it('gives back its header, its tables and its rows in their order', async (t) => {
    const goods = changes(1, NAMES)
    const prices = changes(5, ['10', '20'])

    const { path, rowCount } = await write(t, [
      { table: GOODS, changes: goods },
      { table: PRICES, changes: prices },
    ])

    const { header } = await verifyMessage(path)
    const rows = await readRows(path)
    assert.deepEqual(header, HEADER)
    assert.equal(rowCount, 6)
    const rowsOf = (list: readonly Change[]): RowLine[] => list.map(({ row }) => row)
    assert.deepEqual(rows, ['goods', ...rowsOf(goods), 'prices', ...rowsOf(prices)])
  })

  it('names a table once for all batches of it that follow one another', async (t) => {
    const { path } = await write(t, [
      { table: GOODS, changes: changes(1, ['a']) },
      { table: GOODS, changes: changes(2, ['b']) },
    ])

    const rows = await readRows(path)

    assert.equal(rows.filter((row) => row === 'goods').length, 1)
  })

  it('without rows is whole', async (t) => {
    const { path, rowCount, lastSeq, hasMore } = await write(t, [])

    const verified = await verifyMessage(path)

    assert.deepEqual([rowCount, lastSeq, hasMore], [0, undefined, false])
    assert.equal(verified.rowCount, 0)
  })

  it('can be read by anybody with zstd and a text editor', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, ['Чай']) }])

    const frames = [...new FrameWalker().cut(await readFile(path))]
    const lines = frames
      .map((frame) => zstdDecompressSync(frame).toString())
      .join('')
      .split('\n')

    assert.equal(lines[1], '{"table":"goods","key":1,"columns":[["id","integer"],["name","text"]]}')
    assert.equal(lines[2], '["u",1,"ЦБ",1,"Чай"]')
  })
})

describe('a message file that could not be written', () => {
  it('leaves nothing behind', async (t) => {
    const folder = await makeFolder(t)
    async function* failing(): AsyncGenerator<ChangeBatch, void, void> {
      yield await Promise.resolve({ table: GOODS, changes: changes(1, NAMES) })
      throw new Error('the database is gone')
    }
    const at = { name: 'body', path: join(folder, 'body') }

    await assert.rejects(writeBodyOf(at, failing(), { limitOctets: 1000, leavesOwnOut: true }))

    assert.deepEqual(await readdir(folder), [])
  })
})

/** What the row of each of {@link NAMES} takes in the file, with its line end. */
const ROW_OCTETS = NAMES.map((name, index) => {
  return Buffer.byteLength(`["u",${index + 1},"ЦБ",${index + 1},${JSON.stringify(name)}]\n`)
})

function octetsOf(count: number): number {
  return ROW_OCTETS.slice(0, count).reduce((sum, octets) => sum + octets, 0)
}

describe('the size bound of a message', () => {
  const cases = [
    { name: 'takes all rows when they fit exactly', limit: octetsOf(4), rows: 4, hasMore: false },
    { name: 'leaves the last one when an octet is missing', limit: octetsOf(4) - 1, rows: 3 },
    { name: 'ends between two batches', limit: octetsOf(2), rows: 2 },
    { name: 'counts octets, not characters', limit: octetsOf(3) - 1, rows: 2 },
    { name: 'lets a row go alone that is larger', limit: 1, rows: 1 },
  ]
  for (const { name, limit, rows, hasMore = true } of cases) {
    it(name, async (t) => {
      const written = await write(
        t,
        [
          { table: GOODS, changes: changes(1, NAMES.slice(0, 2)) },
          { table: GOODS, changes: changes(3, NAMES.slice(2)) },
        ],
        limit,
      )

      assert.deepEqual(
        { rowCount: written.rowCount, lastSeq: written.lastSeq, hasMore: written.hasMore },
        { rowCount: rows, lastSeq: rows * 10, hasMore },
      )
      assert.equal((await verifyMessage(written.path)).rowCount, rows)
    })
  }

  it('keeps a large row out of the message of the rows before it', async (t) => {
    const batch = { table: GOODS, changes: changes(1, ['a', 'x'.repeat(5000), 'b']) }

    const { rowCount, lastSeq, hasMore } = await write(t, [batch], 1000)

    assert.deepEqual([rowCount, lastSeq, hasMore], [1, 10, true])
  })
})

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

  it('is one that miscounts its rows, though its seal fits', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, NAMES) }])
    const frames = [...new FrameWalker().cut(await readFile(path))]
    const body = frames.map((frame) => zstdDecompressSync(frame).toString()).join('')

    const others = [
      body.replace('{"rows":4,', '{"rows":3,'),
      body.replace('{"part":4,', '{"part":3,'),
    ]
    for (const other of others) {
      assert.equal(await judge(await writeBody(t, other)), 'damaged')
    }
    assert.equal(await judge(await writeBody(t, body)), 'whole')
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

/** A file that is tiny and holds 300 MiB of one octet. */
async function writeBomb(path: string, octet: string): Promise<void> {
  const piece = Buffer.alloc(1024 * 1024, octet)
  const pieces = [`${formatHeaderLine(HEADER)}\n`, ...Array<Buffer>(300).fill(piece)]
  await pipeline(Readable.from(pieces), createZstdCompress(), createWriteStream(path))
}

describe('a decompression bomb', () => {
  const bombs = [
    { name: 'of one endless line', octet: 'x', damage: 'it has an endless line' },
    { name: 'of empty lines', octet: '\n', damage: 'it has an empty line' },
  ]
  for (const { name, octet, damage } of bombs) {
    it(`${name} ends at a limit`, async (t) => {
      const path = join(await makeFolder(t), 'message')
      await writeBomb(path, octet)

      await assert.rejects(verifyMessage(path), { code: 'MESSAGE_DAMAGED', damage })
    })
  }
})
