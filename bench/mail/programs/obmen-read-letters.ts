/** Reads a letter over and over: whom it is from and to, its subject, its date, its texts. Arguments: path, how many times. */
import { readFileSync } from 'node:fs'

import {
  decodeText,
  type HeaderSection,
  MessageReader,
  parseDateTime,
  readAddressField,
} from '@obmen/mail/mime'

import { costOf } from '../../clock.ts'

const [path = '', times = '0'] = process.argv.slice(2)
const letter = new Uint8Array(readFileSync(path))

/** What the peer gives too. */
interface ReadLetter {
  readonly header: HeaderSection
  readonly texts: readonly string[]
}

function read(): ReadLetter {
  const reader = new MessageReader()
  const texts: string[] = []
  let header: HeaderSection | undefined
  let charset: string | undefined
  let pieces: Uint8Array[] = []
  for (const event of [...reader.push(letter), ...reader.end()]) {
    if (event.kind === 'part') {
      header ??= event.header
      charset = event.contentType.parameters.get('charset')
      pieces = []
    } else if (event.kind === 'content') {
      pieces.push(event.octets)
    } else if (event.kind === 'end' && pieces.length > 0) {
      const decoded = decodeText(Buffer.concat(pieces), charset)
      if (decoded.kind === 'decoded') texts.push(decoded.text)
      pieces = []
    }
  }
  if (header === undefined) throw new Error('nothing was read')
  return { header, texts }
}

function readFacts(): void {
  const { header, texts } = read()
  const from = readAddressField(header.raw('from') ?? '')
  const to = readAddressField(header.raw('to') ?? '')
  const date = parseDateTime(header.first('date') ?? '')
  const isWhole = from.length + to.length > 1 && date !== undefined && texts.length > 0
  if (!isWhole || header.first('subject') === undefined) throw new Error('not all was read')
}

function readTimes(count: number): void {
  for (let done = 0; done < count; done += 1) readFacts()
}

readTimes(Number(times) / 3)
console.log(JSON.stringify(await costOf(() => readTimes(Number(times)))))
