/** Writes the attachment of a letter to a file. Arguments: port, user, path. */
import { open } from 'node:fs/promises'

import { openImap, Secret } from '@obmen/mail/imap'
import { Base64Decoder } from '@obmen/mail/mime'

import { costOf } from '../../clock.ts'
import { PASSWORD } from '../dovecot.ts'

const [port = '0', user = '', path = ''] = process.argv.slice(2)

const credentials = { user, password: new Secret(PASSWORD) }
await using imap = await openImap({
  host: '127.0.0.1',
  port: Number(port),
  tls: 'none',
  credentials,
})
const inbox = await imap.examine('INBOX')
const cost = await costOf(async () => {
  await using file = await open(path, 'w')
  const decoder = new Base64Decoder({ overwritesContent: true })
  await inbox.fetchSection(1, { part: '1' }, async (octets) => {
    await file.write(decoder.push(octets))
  })
  await file.write(decoder.end())
})
console.log(JSON.stringify(cost))
