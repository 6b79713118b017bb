/** A letter of every kind that `composeMessage` can make. */
import {
  type ComposedMessage,
  composeMessage,
  formatMessageId,
  MailboxAddress,
  type MessageDraft,
} from '../src/mime.ts'
import { octetsOf, type SentLetter } from './arrivals.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

const CALENDAR = [
  'BEGIN:VCALENDAR',
  'METHOD:REQUEST',
  'PRODID:-//Obmen//RU',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:1@client.lab.test',
  'DTSTAMP:20261122T043300Z',
  'DTSTART:20261123T060000Z',
  'SUMMARY:Инвентаризация',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\n')

/** As some program wrote it: 8-bit text, and lines of dots. */
const ATTACHED_LETTER = [
  'From: shop-1@example.org',
  'Subject: =?utf-8?B?0J7RgdGC0LDRgtC60Lg=?=',
  'Date: Sun, 22 Nov 2026 04:33:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
  'Остатки на утро',
  '.',
  '..',
  'From here on: end.',
  '',
].join('\r\n')

const TEXT = 'Доброе утро!\n.\n..\n.точка в начале строки\nFrom here on: end.\n\n\n'

const HTML = '<!DOCTYPE html>\n<p>Доброе утро! <img src="cid:logo@client.lab.test" alt="≠">\n<p>.\n'

type Kind = Omit<MessageDraft, 'from' | 'date' | 'messageId' | 'boundary'> &
  Partial<Pick<MessageDraft, 'from'>>

export interface ComposedLetter extends SentLetter {
  content(): ComposedMessage
}

/** Letters but for what every letter has. */
function kindsOfLetters(from: string, to: string): readonly Kind[] {
  const [author, reader] = [MailboxAddress.parse(from), MailboxAddress.parse(to)]
  return [
    {},
    ...bodies().map((body) => ({ to: [reader], ...body })),
    { ...manyPeople(author, reader), text: TEXT },
    { to: [reader], ...everyField(author), text: TEXT },
  ]
}

/** Text, HTML, calendar and files, one without the other and all together. */
function bodies(): readonly Kind[] {
  const image = attachment('логотип.png', PNG, { contentType: 'image/png' })
  const inline = { ...image, disposition: 'inline', contentId: 'logo@client.lab.test' } as const
  const file = attachment('Остатки «утро» №1; a="b".csv', Buffer.from('a;b\r\n.\r\n1;2'))
  const calendar = { method: 'REQUEST', content: CALENDAR } as const
  return [
    { subject: 'Plain', text: 'One line\n' },
    { text: '.\n..\n.\n\n.' },
    { html: HTML },
    { subject: 'Утро', text: TEXT, html: HTML },
    { text: TEXT, html: HTML, attachments: [inline] },
    { text: TEXT, attachments: [file, image] },
    { text: TEXT, calendar },
    { text: TEXT, html: HTML, calendar, attachments: [inline, file, image] },
    { text: TEXT, attachments: [attachedLetter('7BIT')] },
    { text: TEXT, attachments: [attachedLetter('8BITMIME')] },
  ]
}

function manyPeople(author: MailboxAddress, reader: MailboxAddress): Kind {
  const { localPart, domain } = author
  const named = MailboxAddress.of({ localPart, domain, displayName: 'Иванов, Иван (склад № 1)' })
  return {
    from: [author, named],
    sender: author,
    to: [
      { kind: 'group', displayName: 'Склады, все', members: [reader, named] },
      { kind: 'group', displayName: 'undisclosed-recipients', members: [] },
    ],
    cc: Array.from({ length: 60 }, (_, index) =>
      MailboxAddress.parse(`"Склад № ${index}" <shop-${index}@example.org>`),
    ),
    replyTo: [named, reader],
  }
}

function everyField(author: MailboxAddress): Kind {
  return {
    subject: `Остатки ${'очень длинная тема '.repeat(20)}`,
    inReplyTo: ['<1@example.org>'],
    references: Array.from({ length: 30 }, (_, index) => `<${index}.ref@example.org>`),
    importance: 'high',
    readReceiptTo: [author],
    deliveryReceiptTo: [author],
    list: {
      id: 'exchange.example.org',
      idName: 'Обмен',
      help: ['mailto:help@example.org'],
      post: 'NO',
      unsubscribe: ['https://example.org/leave?x=1', 'mailto:leave@example.org'],
      isOneClick: true,
    },
    headerFields: [
      { name: 'Obmen-Message', value: 'УдаленныеСклады ЦБ С01 7' },
      { name: 'X-Long', value: 'x'.repeat(300) },
    ],
  }
}

/** Composes a letter of each kind, each with a Message-ID of its own. */
export async function composeAll(from: string, to: string): Promise<readonly ComposedLetter[]> {
  const letters = kindsOfLetters(from, to).map(async (kind) => {
    const id = crypto.randomUUID()
    const messageId = formatMessageId(id, 'client.lab.test')
    const composed = composeMessage({
      from: MailboxAddress.parse(from),
      date: new Date(),
      boundary: id.replaceAll('-', ''),
      ...kind,
      messageId,
    })
    return { messageId, content: () => composed, arrives: await octetsOf(composed) }
  })
  return Promise.all(letters)
}

function attachment(
  fileName: string,
  octets: Uint8Array,
  { contentType = 'text/csv' } = {},
): NonNullable<MessageDraft['attachments']>[number] {
  return {
    fileName,
    contentType,
    sizeOctets: octets.length,
    content: async function* () {
      yield octets
    },
  }
}

function attachedLetter(
  body: '7BIT' | '8BITMIME',
): NonNullable<MessageDraft['attachments']>[number] {
  const text = body === '7BIT' ? ATTACHED_LETTER.replaceAll(/[^\x00-\x7f]/g, '?') : ATTACHED_LETTER
  return { ...attachment('письмо.eml', Buffer.from(text), { contentType: 'message/rfc822' }), body }
}
