/** Lists the headers of a mailbox. Arguments: port, user, letters. */
import { openImap, Secret, SequenceSet } from '@obmen/mail/imap'

import { costOf } from '../../clock.ts'
import { PASSWORD } from '../dovecot.ts'

const [port = '0', user = '', count = '0'] = process.argv.slice(2)

const credentials = { user, password: new Secret(PASSWORD) }
await using imap = await openImap({
  host: '127.0.0.1',
  port: Number(port),
  tls: 'none',
  credentials,
})
const inbox = await imap.examine('INBOX')
const items = { flags: true, internalDate: true, envelope: true } as const
const cost = await costOf(async () => {
  let letters = 0
  for await (const { uid, envelope } of inbox.fetch(SequenceSet.from(1), items)) {
    if (uid !== undefined && envelope?.subject !== undefined) letters += 1
  }
  if (letters !== Number(count)) throw new Error(`${letters} letters were listed`)
})
console.log(JSON.stringify(cost))
