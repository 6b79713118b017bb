/** Composes small letters, each into one buffer. Argument: how many. */
import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'

import { timeOf } from '../../clock.ts'
import { forEachNumber, recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from '../letter.ts'

const count = Number(process.argv[2])
const from = MailboxAddress.parse(`${SENDER_NAME} <${SENDER}>`)

async function compose(number: number): Promise<void> {
  const uuid = crypto.randomUUID()
  const letter = composeMessage({
    from,
    to: [MailboxAddress.parse(recipientOf(number))],
    subject: SUBJECT,
    date: new Date(),
    messageId: formatMessageId(uuid, 'example.org'),
    boundary: uuid.replaceAll('-', ''),
    text: textOf(number),
  })
  const pieces: Uint8Array[] = []
  for await (const octets of letter) pieces.push(octets)
  if (Buffer.concat(pieces).length === 0) throw new Error('nothing was composed')
}

await forEachNumber(count / 3, compose, 1)
console.log(JSON.stringify({ elapsedMs: await timeOf(() => forEachNumber(count, compose, 1)) }))
