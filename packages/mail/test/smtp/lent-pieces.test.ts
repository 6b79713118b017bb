import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, copyOctets, NO_OCTETS, octetsOf, textOf } from '../../src/base/octets.ts'
import type { Content } from '../../src/smtp/content.ts'
import { sendLetters } from '../../src/smtp/send-letters.ts'
import type { Demand, Dialog, OctetSource } from '../../src/wire/dialog.ts'
import { envelope, open, queueOf, type Fate } from './conversation.ts'

/** A content of so many octets in which no place is like another. */
function contentOf(octetCount: number): Uint8Array {
  const lines: string[] = []
  for (let at = 0; at < octetCount; at += 10) lines.push(`${String(at).padStart(8, 'x')}\r\n`)
  return octetsOf(lines.join('')).subarray(0, octetCount)
}

/** Gives pieces of these sizes, each in the same array as the one before, which is spoiled as soon as the next is asked for. */
class LendingSource implements OctetSource {
  readonly whole: Uint8Array
  isLent = false
  readonly #sizes: readonly number[]
  readonly #room: Uint8Array
  #piece = 0
  #at = 0

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes
    this.whole = contentOf(sizes.reduce((sum, size) => sum + size, 0))
    this.#room = new Uint8Array(Math.max(0, ...sizes))
  }

  ask(): void {
    if (this.isLent) this.#room.fill(0x21)
  }

  take(): Uint8Array | null {
    const size = this.#sizes[this.#piece++]
    if (size === undefined) return null
    const octets = this.whole.subarray(this.#at, this.#at + size)
    this.#at += size
    if (!this.isLent) return copyOctets(octets)
    this.#room.set(octets)
    return this.#room.subarray(0, size)
  }

  /** Never called: whoever drives the dialog answers its pulls. */
  next(): Promise<IteratorResult<Uint8Array>> {
    return Promise.reject(new TypeError('the source is asked by its demands'))
  }
}

interface Fortune {
  /** What hand-overs are answered with, over and over. */
  readonly speeds: readonly (null | undefined)[]
  /** Whether a piece is there at once, over and over. */
  readonly isHere: readonly boolean[]
}

/** Sends letters to a server that agrees to everything, and gives what it gets: what was lent as it is when it is given back, and the rest as it is in the end. */
function octetsSent(dialog: Dialog<unknown>, extension: string, fortune: Fortune): Uint8Array {
  const sent: Uint8Array[] = []
  const replies = ['220 x', `250-x\r\n250-PIPELINING\r\n250 ${extension}`]
  let pulls = 0
  const answer = (demand: Demand): Uint8Array | null | undefined => {
    switch (demand.kind) {
      case 'send':
        if (textOf(demand.octets).endsWith('DATA\r\n'))
          replies.push('250 ok', '250 ok', '354 go on')
        sent.push(demand.isLent === true ? copyOctets(demand.octets) : demand.octets)
        return fortune.speeds[sent.length % fortune.speeds.length]
      case 'receive':
        return octetsOf(`${replies.shift() ?? '250 ok'}\r\n`)
      case 'pull': {
        const { source } = demand
        assert.ok(source instanceof LendingSource)
        source.ask()
        const isHere = fortune.isHere[pulls++ % fortune.isHere.length] ?? true
        return isHere || demand.patienceMs === undefined ? source.take() : undefined
      }
      default:
        return undefined
    }
  }
  let step = dialog.next()
  while (step.done !== true) step = dialog.next(answer(step.value))
  return concatOctets([NO_OCTETS, ...sent])
}

function* sendAll(sources: readonly LendingSource[]): Dialog<readonly (Fate | undefined)[]> {
  const session = yield* open()
  const fates: (Fate | undefined)[] = []
  const letters = sources.map((source) => {
    const content: Content = {
      source,
      isCanonical: true,
      lend: () => {
        source.isLent = true
      },
    }
    return { envelope: envelope('a@x.org'), content }
  })
  yield* sendLetters(session, queueOf(letters, fates))
  return fates
}

/** What a server makes of chunks: the contents, one after the other. */
function contentOfChunks(octets: Uint8Array): readonly Uint8Array[] {
  const contents: Uint8Array[] = []
  let parts: Uint8Array[] = []
  for (let at = 0; at < octets.length;) {
    const end = octets.indexOf(0x0a, at) + 1
    const [, size, last] = /^BDAT (\d+)( LAST)?\r\n$/.exec(textOf(octets.subarray(at, end))) ?? []
    at = end + Number(size ?? 0)
    if (size !== undefined) parts.push(octets.subarray(end, at))
    if (last === undefined) continue
    contents.push(concatOctets([NO_OCTETS, ...parts]))
    parts = []
  }
  return contents
}

const sizes = fc.array(
  fc.oneof(fc.nat(100), fc.nat(20_000), fc.integer({ min: 60_000, max: 140_000 }), fc.nat(500_000)),
  { maxLength: 6 },
)
const fortunes = fc.record({
  speeds: fc.array(fc.constantFrom(null, undefined), { minLength: 1, maxLength: 4 }),
  isHere: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
})

describe('Pieces that are lent', () => {
  it('have left when the next is asked for, with DATA', () => {
    fc.assert(
      fc.property(sizes, fortunes, (of, fortune) => {
        const source = new LendingSource(of)
        const octets = octetsSent(sendAll([source]), 'SIZE', fortune)

        const begin = Buffer.from(octets).indexOf('DATA\r\n') + 'DATA\r\n'.length
        const missing = (10 - (source.whole.length % 10)) % 10
        const lineEnd = missing === 0 ? '' : missing === 1 ? '\n' : '\r\n'
        const expected = Buffer.concat([source.whole, octetsOf(`${lineEnd}.\r\n`)])
        assert.equal(Buffer.compare(octets.subarray(begin), expected), 0)
        assert.equal(source.isLent, true)
      }),
      { numRuns: 200 },
    )
  })

  it('have left or were copied when the next is asked for, with BDAT', () => {
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 3 }), fortunes, (of, fortune) => {
        const sources = of.map((each) => new LendingSource(each))
        const contents = contentOfChunks(octetsSent(sendAll(sources), 'CHUNKING', fortune))

        assert.equal(contents.length, sources.length)
        for (const [index, content] of contents.entries()) {
          assert.equal(Buffer.compare(content, sources[index]?.whole ?? NO_OCTETS), 0)
        }
      }),
      { numRuns: 200 },
    )
  })
})
