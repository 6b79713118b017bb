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

/** What it is about → the letter but for what every letter has. */
function kindsOfLetters(from: string, to: string): ReadonlyMap<string, Kind> {
  const [author, reader] = [from, to].map((address) => MailboxAddress.parse(address))
  const named = MailboxAddress.parse(`"Иванов, Иван (склад № 1)" <${from}>`)
  const image = attachment('логотип.png', PNG, { contentType: 'image/png' })
  const inline = { ...image, disposition: 'inline', contentId: 'logo@client.lab.test' } as const
  const file = attachment('Остатки «утро» №1; a="b".csv', Buffer.from('a;b\r\n.\r\n1;2'))
  if (author === undefined || reader === undefined) return new Map()
  return new Map<string, Kind>([
    ['nothing in it', {}],
    ['text', { to: [reader], subject: 'Plain', text: 'One line\n' }],
    ['text of dots', { to: [reader], text: '.\n..\n.\n\n.' }],
    ['HTML', { to: [reader], html: HTML }],
    ['text and HTML', { to: [reader], subject: 'Утро', text: TEXT, html: HTML }],
    ['an inline image', { to: [reader], text: TEXT, html: HTML, attachments: [inline] }],
    ['files', { to: [reader], text: TEXT, attachments: [file, image] }],
    [
      'a calendar',
      { to: [reader], text: TEXT, calendar: { method: 'REQUEST', content: CALENDAR } },
    ],
    [
      'all of these',
      {
        to: [reader],
        text: TEXT,
        html: HTML,
        calendar: { method: 'REQUEST', content: CALENDAR },
        attachments: [inline, file, image],
      },
    ],
    [
      'groups and many people',
      {
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
        text: TEXT,
      },
    ],
    [
      'every field',
      {
        to: [reader],
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
        text: TEXT,
      },
    ],
    ['an attached letter', { to: [reader], text: TEXT, attachments: [attachedLetter('7BIT')] }],
    [
      'an attached letter of 8 bits',
      { to: [reader], text: TEXT, attachments: [attachedLetter('8BITMIME')] },
    ],
  ])
}

/** Composes a letter of each kind, each with a Message-ID of its own. */
export async function composeAll(from: string, to: string): Promise<readonly ComposedLetter[]> {
  const letters = [...kindsOfLetters(from, to).values()].map(async (kind) => {
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
