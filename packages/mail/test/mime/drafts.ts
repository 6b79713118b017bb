/** Drafts of letters, and what they are composed to. */
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import type { DraftAttachment, MessageDraft } from '../../src/mime/message.ts'

export const FILE_NAME = 'Message_УдаленныеСклады_ЦБ_С01_7.ndjson.zst'

/** Gives the pieces one by one, later each time, as a file does. */
export async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece)
}

export function attach(content: Uint8Array, given: Partial<DraftAttachment> = {}): DraftAttachment {
  return {
    fileName: FILE_NAME,
    contentType: 'application/zstd',
    content: () => piecesOf([content]),
    sizeOctets: content.length,
    ...given,
  }
}

export function draftOf(given: Partial<MessageDraft> = {}): MessageDraft {
  return {
    from: MailboxAddress.parse('"Склад № 1" <shop-1@example.org>'),
    to: [MailboxAddress.parse('office@example.org')],
    subject: `СООБЩЕНИЕ_ОБМЕНА: ${FILE_NAME}`,
    date: new Date('2026-11-22T04:33:00Z'),
    messageId: '<7.f81d4fae@shop-1.example.org>',
    boundary: '0123456789abcdef',
    headerFields: [{ name: 'Obmen-Message', value: 'Stock C01 HQ 7' }],
    text: 'Сообщение обмена № 7.\nНе удаляйте это письмо.\n',
    attachments: [],
    ...given,
  }
}

export async function compose(draft: MessageDraft): Promise<Buffer> {
  return octetsOf(composeMessage(draft))
}

export async function octetsOf(letter: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of letter) pieces.push(piece)
  return Buffer.concat(pieces)
}
