/** Reads the header sections of a maildrop. Arguments: port, user, letters. */
import { openPop3, Secret } from '@obmen/mail/pop3'

import { costOf } from '../../clock.ts'
import { PASSWORD } from '../dovecot.ts'

const [port = '0', user = '', count = '0'] = process.argv.slice(2)

const credentials = { user, password: new Secret(PASSWORD) }
await using pop3 = await openPop3({
  host: '127.0.0.1',
  port: Number(port),
  tls: 'none',
  credentials,
})
const cost = await costOf(async () => {
  let letters = 0
  const numbers = Array.from({ length: Number(count) }, (_, index) => index + 1)
  for await (const top of pop3.tops(numbers, 0)) if (top.kind === 'top') letters += 1
  if (letters !== Number(count)) throw new Error(`${letters} letters were listed`)
})
console.log(JSON.stringify(cost))
