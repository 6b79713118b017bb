/** Sends letters with a file each, and then, which is measured, one with another. Arguments: port, the path of the last, and those of the others, if any. */
import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'
import { fileContent, ForwardPath, openSmtp, ReversePath } from '@obmen/mail/smtp'

import { costOf, peakOctets } from '../../clock.ts'
import { recipientOf, SENDER, SUBJECT } from '../letter.ts'

const [port = '0', path = '', ...pathsBefore] = process.argv.slice(2)

const idleOctets = peakOctets()
const server = { host: '127.0.0.1', port: Number(port), tls: 'none' } as const
const smtp = await openSmtp(server, { clientName: 'bench.example.org' })
for (const pathBefore of pathsBefore) await send(pathBefore)
const cost = await costOf(() => send(path))
await smtp.close()
console.log(JSON.stringify({ ...cost, idleOctets, peakOctets: peakOctets() }))

async function send(file: string): Promise<void> {
  const uuid = crypto.randomUUID()
  const letter = composeMessage({
    from: MailboxAddress.parse(SENDER),
    to: [MailboxAddress.parse(recipientOf(0))],
    subject: SUBJECT,
    date: new Date(),
    messageId: formatMessageId(uuid, 'example.org'),
    boundary: uuid.replaceAll('-', ''),
    attachments: [
      {
        ...fileContent(file),
        fileName: 'остатки.bin',
        contentType: 'application/octet-stream',
      },
    ],
  })
  const { recipients } = await smtp.send(
    {
      reversePath: ReversePath.parse(SENDER),
      forwardPaths: [ForwardPath.parse(recipientOf(0))],
    },
    letter,
  )
  if (recipients[0]?.kind !== 'accepted') throw new Error('the letter was not taken')
}
