/**
 * Base64 lines in WebAssembly: a third of the time that the same takes in `base64.ts`, and half of what it takes by the texts that Buffers of Node.js give, into which line ends have to be
 * put (measured). What is run is `encode-lines.wat`.
 */

import { assert } from '../base/assert.ts'
import { decodeBase64 } from '../base/base64.ts'
import { ENCODED_LINE_OCTETS, LINE_OCTETS } from './base64-line.ts'
import { ENCODE_LINES_WASM } from './encode-lines-wasm.ts'

/** Fewer are encoded sooner than they are copied there and back. */
const MIN_LINES = 8
/** In memory of 128 KiB, where the lines begin in the middle. So many stay in the cache of the processor, too. */
const MAX_LINES = 800
const LINES_AT = 0x1_0000

/** What is exported there. */
interface LineEncoder {
  readonly memory: Uint8Array
  readonly encodeLines: (from: number, to: number, lineCount: number) => void
}

/** `undefined` before it is wanted for the first time, `null` where there is none. All share it, because each has done with it when it returns. */
let encoder: LineEncoder | null | undefined

/** Writes whole lines. @returns how many were written: none where there are few, or where there is no WebAssembly. */
export function encodeLines(octets: Uint8Array, encoded: Uint8Array): number {
  const lineCount = octets.length / LINE_OCTETS
  if (lineCount < MIN_LINES) return 0
  if (encoder === undefined) encoder = startEncoder() ?? null
  if (encoder === null) return 0
  const { memory } = encoder
  for (let line = 0; line < lineCount; line += MAX_LINES) {
    const end = Math.min(lineCount, line + MAX_LINES)
    memory.set(octets.subarray(line * LINE_OCTETS, end * LINE_OCTETS))
    encoder.encodeLines(0, LINES_AT, end - line)
    const lines = memory.subarray(LINES_AT, LINES_AT + (end - line) * ENCODED_LINE_OCTETS)
    encoded.set(lines, line * ENCODED_LINE_OCTETS)
  }
  return lineCount
}

/** Some platforms compile nothing (`node --jitless`), some processors don't take 16 octets at a time, and some systems don't give the memory. */
function startEncoder(): LineEncoder | undefined {
  try {
    const octets = decodeBase64(ENCODE_LINES_WASM)
    assert(octets !== undefined, 'the module is written in base64')
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(octets))
    const { memory, encodeLines: encode } = exports
    assert(memory instanceof WebAssembly.Memory, 'the module has memory')
    assert(typeof encode === 'function', 'the module encodes')
    return { memory: new Uint8Array(memory.buffer), encodeLines: encode }
  } catch {
    return undefined
  }
}
