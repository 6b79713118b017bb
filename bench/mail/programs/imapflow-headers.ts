/** The same by imapflow. Arguments: port, user, letters. */
import { ImapFlow } from 'imapflow'

import { costOf } from '../../clock.ts'
import { PASSWORD } from '../dovecot.ts'

const [port = '0', user = '', count = '0'] = process.argv.slice(2)

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
const items = { uid: true, flags: true, internalDate: true, envelope: true } as const
const cost = await costOf(async () => {
  let letters = 0
  for await (const { uid, envelope } of client.fetch('1:*', items)) {
    if (uid > 0 && envelope?.subject !== undefined) letters += 1
  }
  if (letters !== Number(count)) throw new Error(`${letters} letters were listed`)
})
console.log(JSON.stringify(cost))
await client.logout()
