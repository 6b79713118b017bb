/** The same letters by nodemailer, with a pool of one connection that never ends. Arguments: port, letters before, letters, letters under way at once. */
import { createTransport } from 'nodemailer'

import { costOf } from '../../clock.ts'
import { forEachNumber, recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from '../letter.ts'

const [port = 0, before = 0, count = 0, limit = 1] = process.argv.slice(2).map(Number)

const transport = createTransport({
  host: '127.0.0.1',
  port,
  name: 'bench.example.org',
  ignoreTLS: true,
  pool: true,
  maxConnections: 1,
  maxMessages: Number.POSITIVE_INFINITY,
})

async function send(number: number): Promise<void> {
  const { accepted } = await transport.sendMail({
    from: { name: SENDER_NAME, address: SENDER },
    to: recipientOf(number),
    subject: SUBJECT,
    text: textOf(number),
  })
  if (accepted.length !== 1) throw new Error('the letter was not taken')
}

await forEachNumber(before, send, limit)
const cost = await costOf(() => forEachNumber(count, send, limit))
transport.close()
console.log(JSON.stringify(cost))
