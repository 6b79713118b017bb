/** The same letters by nodemailer. Argument: how many. */
import { createTransport } from 'nodemailer'

import { timeOf } from '../../clock.ts'
import { forEachNumber, recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from '../letter.ts'

const count = Number(process.argv[2])
const transport = createTransport({ streamTransport: true, buffer: true })

async function compose(number: number): Promise<void> {
  const { message } = await transport.sendMail({
    from: { name: SENDER_NAME, address: SENDER },
    to: recipientOf(number),
    subject: SUBJECT,
    text: textOf(number),
  })
  if (!Buffer.isBuffer(message)) throw new Error('nothing was composed')
}

await forEachNumber(count / 3, compose, 1)
console.log(JSON.stringify({ elapsedMs: await timeOf(() => forEachNumber(count, compose, 1)) }))
