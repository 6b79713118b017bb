/** The same letter by nodemailer. Arguments: port, path. */
import { createReadStream } from 'node:fs'

import { createTransport } from 'nodemailer'

import { costOf, peakOctets } from '../../clock.ts'
import { recipientOf, SENDER, SUBJECT } from '../letter.ts'

const [port = '0', path = ''] = process.argv.slice(2)

/** By the path alone, nodemailer would read 64 KiB at a time, and take half as long again. */
const READ_OCTETS = 128 * 1024

const idleOctets = peakOctets()
const cost = await costOf(async () => {
  const transport = createTransport({
    host: '127.0.0.1',
    port: Number(port),
    name: 'bench.example.org',
    ignoreTLS: true,
  })
  const { accepted } = await transport.sendMail({
    from: SENDER,
    to: recipientOf(0),
    subject: SUBJECT,
    attachments: [
      {
        filename: 'остатки.bin',
        content: createReadStream(path, { highWaterMark: READ_OCTETS }),
      },
    ],
  })
  if (accepted.length !== 1) throw new Error('the letter was not taken')
  transport.close()
})
console.log(JSON.stringify({ ...cost, idleOctets, peakOctets: peakOctets() }))
