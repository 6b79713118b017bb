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

const ROUNDS = 15
const ROUNDS_BEFORE = 5
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
    recipients: await doubling(withRecipients(RECIPIENTS), withRecipients(2 * RECIPIENTS)),
    attachments: await doubling(withAttachments(ATTACHMENTS), withAttachments(2 * ATTACHMENTS)),
  }),
)

/** How much longer the letter of twice the size takes: the median of rounds of one beside the other, after some that don't count. */
async function doubling(draft: MessageDraft, twice: MessageDraft): Promise<number> {
  const ratios: number[] = []
  for (let round = -ROUNDS_BEFORE; round < ROUNDS; round += 1) {
    const ms = await timeOf(() => compose(draft))
    const twiceMs = await timeOf(() => compose(twice))
    if (round >= 0) ratios.push(twiceMs / ms)
  }
  return median(ratios)
}

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

async function compose(draft: MessageDraft): Promise<void> {
  for await (const octets of composeMessage(draft)) if (octets.length === 0) return
}
