/** The same by imapflow. Arguments: port, user, path. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import { ImapFlow } from 'imapflow'

import { costOf } from '../../clock.ts'
import { PASSWORD } from '../dovecot.ts'

const [port = '0', user = '', path = ''] = process.argv.slice(2)

const client = new ImapFlow({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  doSTARTTLS: false,
  auth: { user, pass: PASSWORD },
  logger: false,
})
await client.connect()
await client.mailboxOpen('INBOX', { readOnly: true })
const cost = await costOf(async () => {
  const { content } = await client.download('1', '1')
  if (content === undefined) throw new Error('there is no such part')
  await pipeline(content, createWriteStream(path))
})
console.log(JSON.stringify(cost))
await client.logout()
