/** Letters in their octets: those of the exchange, as the engine writes them, and those that somebody else writes. */
import { Buffer } from 'node:buffer'

import { type OutgoingMessage, SUBJECT_PREFIX } from '@obmen/exchange'
import { composeMessage, MailboxAddress, type MessageDraft } from '@obmen/mail/mime'

import { composeLetter } from '../../src/transport/exchange-letter.ts'
import { HINT_FIELD } from '../../src/transport/letter-hint.ts'

/** The one address that all nodes share. */
const ADDRESS = MailboxAddress.parse('exchange@example.org')

const SOMEBODY = MailboxAddress.parse('Анна <anna@example.org>')

const DAY_OF_LETTERS = new Date(1_795_000_000_000)

/** The letter by which the engine sends a message; its file may be another one than the engine gave. */
export function composeMessageLetter(
  message: Omit<OutgoingMessage, 'content' | 'sizeOctets'>,
  file: Uint8Array,
): Promise<Buffer> {
  const outgoing = { ...message, sizeOctets: file.length, content: () => piecesOf(file) }
  return gather(composeLetter(outgoing, ADDRESS, SUBJECT_PREFIX))
}

/** What a person or another program writes. */
export interface OtherLetter {
  readonly subject: string
  readonly headerFields?: MessageDraft['headerFields']
  readonly attachments?: readonly { readonly fileName: string; readonly content: Uint8Array }[]
}

export function composeOtherLetter({
  subject,
  headerFields = [],
  attachments = [],
}: OtherLetter): Promise<Buffer> {
  const draft: MessageDraft = {
    from: SOMEBODY,
    to: [ADDRESS],
    subject,
    date: DAY_OF_LETTERS,
    messageId: '<1@example.org>',
    boundary: '0123456789abcdef',
    headerFields,
    text: 'Здравствуйте!\nПосмотрите, пожалуйста, вложение.\n',
    attachments: attachments.map(({ fileName, content }) => ({
      fileName,
      contentType: 'application/octet-stream',
      content: () => piecesOf(content),
      sizeOctets: content.length,
    })),
  }
  return gather(composeMessage(draft))
}

/** The letter without the mark on its outside, as a gateway leaves it that passes on no fields that it does not know. */
export function withoutMark(letter: Buffer): Buffer {
  const begin = letter.indexOf(`\r\n${HINT_FIELD}:`)
  if (begin < 0) return letter
  let end = letter.indexOf('\r\n', begin + 2)
  while (letter[end + 2] === 0x20) end = letter.indexOf('\r\n', end + 2)
  return Buffer.concat([letter.subarray(0, begin), letter.subarray(end)])
}

async function* piecesOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(octets)
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const gathered: Uint8Array[] = []
  for await (const piece of pieces) gathered.push(piece)
  return Buffer.concat(gathered)
}
