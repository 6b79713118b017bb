/** Composes a letter with many recipients, one with many attachments, and each with twice as many. */
import {
  composeMessage,
  type DraftAttachment,
  formatMessageId,
  MailboxAddress,
  type MessageDraft,
} from '@obmen/mail/mime'

import { timeOf } from '../../clock.ts'
import { median } from '../figures.ts'
import { SENDER, SUBJECT } from '../letter.ts'

const ROUNDS = 7
const RECIPIENTS = 5000
const ATTACHMENTS = 500

const uuid = crypto.randomUUID()
const BASE: MessageDraft = {
  from: MailboxAddress.parse(SENDER),
  subject: SUBJECT,
  date: new Date(),
  messageId: formatMessageId(uuid, 'example.org'),
  boundary: uuid.replaceAll('-', ''),
  text: 'Всем.\n',
}

console.log(
  JSON.stringify({
    recipientsMs: await composingTime(withRecipients(RECIPIENTS)),
    twiceRecipientsMs: await composingTime(withRecipients(2 * RECIPIENTS)),
    attachmentsMs: await composingTime(withAttachments(ATTACHMENTS)),
    twiceAttachmentsMs: await composingTime(withAttachments(2 * ATTACHMENTS)),
  }),
)

function withRecipients(count: number): MessageDraft {
  const to = Array.from({ length: count }, (_, number) => {
    return MailboxAddress.parse(`Магазин № ${number} <shop-${number}@example.org>`)
  })
  return { ...BASE, to }
}

function withAttachments(count: number): MessageDraft {
  const content = new TextEncoder().encode('код;остаток\r\n17;240\r\n'.repeat(50))
  const attachments = Array.from({ length: count }, (_, number): DraftAttachment => {
    return {
      fileName: `остатки-${number}.csv`,
      contentType: 'text/csv',
      sizeOctets: content.length,
      content: async function* () {
        yield content
      },
    }
  })
  return { ...BASE, attachments }
}

async function composingTime(draft: MessageDraft): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(
      await timeOf(async () => {
        for await (const octets of composeMessage(draft)) if (octets.length === 0) return
      }),
    )
  }
  return median(times)
}
