/** FETCH (RFC 9051 §6.4.5), letter by letter, so that no more than one of them has to be in memory. */

import { formatDateTime } from '../../imap/date-time.ts'
import type { FetchFact, FetchItem, SectionItem } from '../../imap/server-fetch-items.ts'
import { writeEnvelope, writeStructure } from './body-structure.ts'
import { decodedContent, sectionOf } from './letter-content.ts'
import { type LetterPart, partAt, readLetter } from './letter-part.ts'
import type { NumberedLetter, OpenMailbox } from './open-mailbox.ts'
import { ResponseWriter } from './response-writer.ts'

/** The responses for these letters. What they mark as seen is marked when they are made. */
export function* fetchLetters(
  open: OpenMailbox,
  letters: readonly NumberedLetter[],
  items: readonly FetchItem[],
): Generator<Uint8Array, void, undefined> {
  const marksSeen =
    !open.isReadOnly && items.some((item) => item.kind === 'section' && item.marksSeen)
  const tellsFlags = items.some((item) => item.kind === 'fact' && item.name === 'FLAGS')
  for (const { number, letter } of letters) {
    const { uid } = letter
    const isNewlySeen = marksSeen && !letter.isRead
    if (isNewlySeen) open.mailbox.markRead(uid)
    const current = open.mailbox.letter(uid)
    // Somebody else may have removed it while those before it were sent.
    if (current === undefined) continue
    const numbered = { number, letter: current }
    // RFC 9051 §6.4.5: flags that change are part of the answer.
    const told: readonly FetchItem[] =
      isNewlySeen && !tellsFlags ? [...items, { kind: 'fact', name: 'FLAGS' }] : items
    if (isNewlySeen || tellsFlags) open.forgetFlags(uid)
    yield new LetterWriter(open, numbered).write(told)
  }
}

/** Writes the response for one letter. */
class LetterWriter {
  readonly #open: OpenMailbox
  readonly #of: NumberedLetter
  readonly #writer = new ResponseWriter()
  #parts: LetterPart | undefined

  constructor(open: OpenMailbox, of: NumberedLetter) {
    this.#open = open
    this.#of = of
  }

  write(items: readonly FetchItem[]): Uint8Array {
    this.#writer.text(`* ${this.#of.number} FETCH (`)
    this.#writer.spaced(items, (item) => {
      if (item.kind === 'fact') this.#writeFact(item.name)
      else this.#writeSection(item)
    })
    return this.#writer.text(')').take()
  }

  #writeFact(name: FetchFact): void {
    const { letter } = this.#of
    const writer = this.#writer.text(`${name} `)
    switch (name) {
      case 'UID':
        return void writer.text(`${letter.uid}`)
      case 'FLAGS':
        return void writer.text(`(${this.#open.flagsOf(letter).join(' ')})`)
      case 'MODSEQ':
        return void writer.text(`(${letter.modSeq})`)
      case 'RFC822.SIZE':
        return void writer.text(`${letter.sizeOctets}`)
      case 'INTERNALDATE':
        return void writer.text(`"${formatDateTime(letter.internalDate)}"`)
      case 'ENVELOPE':
        return writeEnvelope(writer, this.#letter.header)
      case 'BODY':
      case 'BODYSTRUCTURE':
        return writeStructure(writer, this.#letter, name)
    }
  }

  #writeSection(item: SectionItem): void {
    const { piece } = item
    const octets = this.#contentOf(item)
    if (item.form === 'decoded-size') {
      return void this.#writer.text(`${item.label} ${octets?.length ?? 0}`)
    }
    const from = piece === undefined ? '' : `<${piece.offset}>`
    this.#writer.text(`${item.label}${from} `)
    if (octets === undefined) return void this.#writer.text('NIL')
    const cut =
      piece === undefined ? octets : octets.subarray(piece.offset, piece.offset + piece.octetCount)
    // Octets of any kind may hold NUL, which only a literal8 can (RFC 3516 §4.2).
    this.#writer.text(item.form === 'decoded' ? '~' : '').literal(cut)
  }

  #contentOf(item: SectionItem): Uint8Array | undefined {
    if (item.form === 'raw') {
      const isWhole = item.of === 'CONTENT' && item.part.length === 0
      return isWhole ? this.#of.letter.octets : sectionOf(this.#letter, item)
    }
    const part = partAt(this.#letter, item.part)
    return part && decodedContent(part)
  }

  get #letter(): LetterPart {
    this.#parts ??= readLetter(this.#of.letter.octets)
    return this.#parts
  }
}
