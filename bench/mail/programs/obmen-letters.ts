/** Sends small letters over one connection, some of them before the clock starts. Arguments: port, letters before, letters, letters under way at once. */
import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'
import { ForwardPath, openSmtp, ReversePath } from '@obmen/mail/smtp'

import { costOf } from '../../clock.ts'
import { forEachNumber, recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from '../letter.ts'

const [port = 0, before = 0, count = 0, limit = 1] = process.argv.slice(2).map(Number)

const from = MailboxAddress.parse(`${SENDER_NAME} <${SENDER}>`)
const reversePath = ReversePath.parse(SENDER)
const server = { host: '127.0.0.1', port, tls: 'none' } as const
const smtp = await openSmtp(server, { clientName: 'bench.example.org' })

async function send(number: number): Promise<void> {
  const recipient = recipientOf(number)
  const uuid = crypto.randomUUID()
  const letter = composeMessage({
    from,
    to: [MailboxAddress.parse(recipient)],
    subject: SUBJECT,
    date: new Date(),
    messageId: formatMessageId(uuid, 'example.org'),
    boundary: uuid.replaceAll('-', ''),
    text: textOf(number),
  })
  const outcome = await smtp.send(
    { reversePath, forwardPaths: [ForwardPath.parse(recipient)] },
    letter,
  )
  const [first] = outcome.recipients
  if (first?.kind !== 'accepted') throw new Error(`the letter was not taken: ${first?.kind}`)
}

await forEachNumber(before, send, limit)
const cost = await costOf(() => forEachNumber(count, send, limit))
await smtp.close()
console.log(JSON.stringify(cost))
