/** The mail server between the sites: one mailbox, kept on the disk or, with the word `memory`, not. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startMailHost } from '@obmen/mail/testing'

const [folder = '.', place = 'disk'] = process.argv.slice(2)
const host = await startMailHost({
  accounts: [{ address: 'exchange@example.org', password: 'bench' }],
  ...(place === 'disk' && { folder: join(folder, 'mailboxes') }),
})
writeFileSync(
  join(folder, 'ports.json'),
  JSON.stringify({ smtp: host.smtp.port, pop3: host.pop3.port }),
)
console.log('ready')
