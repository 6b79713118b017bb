/** The same letters by nodemailer, over one connection too. Arguments: port, the path of the last, and those of the others, if any. */
import { createTransport } from 'nodemailer'

import { costOf, peakOctets } from '../../clock.ts'
import { recipientOf, SENDER, SUBJECT } from '../letter.ts'

const [port = '0', path = '', ...pathsBefore] = process.argv.slice(2)

const idleOctets = peakOctets()
const transport = createTransport({
  host: '127.0.0.1',
  port: Number(port),
  name: 'bench.example.org',
  ignoreTLS: true,
  pool: true,
  maxConnections: 1,
})
for (const pathBefore of pathsBefore) await send(pathBefore)
const cost = await costOf(() => send(path))
transport.close()
console.log(JSON.stringify({ ...cost, idleOctets, peakOctets: peakOctets() }))

async function send(file: string): Promise<void> {
  const { accepted } = await transport.sendMail({
    from: SENDER,
    to: recipientOf(0),
    subject: SUBJECT,
    // A stream that reads twice as much at a time takes a tenth longer (measured).
    attachments: [{ filename: 'остатки.bin', path: file }],
  })
  if (accepted.length !== 1) throw new Error('the letter was not taken')
}
