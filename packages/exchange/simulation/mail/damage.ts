import { Buffer } from 'node:buffer'
import { zstdCompressSync } from 'node:zlib'

import { frameOf } from '../disk/raw-frames.ts'
import { readFrames, readText } from '../model/letter-rows.ts'
import type { Fate, Forgery } from '../world/step.ts'

/** The octets of a message as they come out of bad hands. */
export function damage(octets: Uint8Array, kind: Fate['damage']): Uint8Array {
  switch (kind) {
    case 'none':
      return octets
    case 'truncated':
      return octets.subarray(0, (octets.length * 2) / 3)
    case 'altered':
      return alterRow(octets)
  }
}

/** What a row ends with, when it is no text without digits. */
const ROW_END = /(\d)"?\]\n/

/** Another content that decompresses and reads well, in as many octets: only a checksum can tell. */
function alterRow(octets: Uint8Array): Uint8Array {
  const frames = readFrames(octets)
  const withRow = frames.findIndex((text) => ROW_END.test(text))
  const altered = frames.map((text, index) => {
    if (withRow < 0) return text.replace(':', ': ')
    if (index !== withRow) return text
    return text.replace(ROW_END, (end, digit: string) => {
      return end.replace(digit, String((Number(digit) + 1) % 10))
    })
  })
  return Buffer.concat(altered.map((text) => frameOf(Buffer.from(text))))
}

/** The octets of a letter that no node has written. */
export function forge(octets: Uint8Array, kind: Forgery): Uint8Array {
  switch (kind) {
    case 'noise':
      return Buffer.from('Здравствуйте! Вам начислен приз.')
    case 'empty':
      return new Uint8Array()
    case 'other number':
    case 'other node':
      return octets
    case 'too new':
      return raiseFormat(octets)
  }
}

/** A whole message in a format that is yet to come. */
function raiseFormat(octets: Uint8Array): Uint8Array {
  return zstdCompressSync(readText(octets).replace('1', '99'))
}
