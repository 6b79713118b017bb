/** Reads the header sections of a maildrop, twice: with a clock, and over a line that counts how often it waits for the server. Arguments: port, user, letters. */
import { openPop3, Secret } from '@obmen/mail/pop3'

import { costOf } from '../../clock.ts'
import { startCountingProxy } from '../counting-proxy.ts'
import { PASSWORD } from '../dovecot.ts'

const [serverPort = '0', user = '', count = '0'] = process.argv.slice(2)

const cost = await costOf(await openAt(Number(serverPort)))
const counter = await startCountingProxy(Number(serverPort))
const listAll = await openAt(counter.port)
counter.traffic.roundTrips = 0
await listAll()
const { roundTrips } = counter.traffic
counter.close()
console.log(JSON.stringify({ ...cost, roundTrips }))

/** Logs in, and gives what lists all headers and leaves. */
async function openAt(port: number): Promise<() => Promise<void>> {
  const credentials = { user, password: new Secret(PASSWORD) }
  const pop3 = await openPop3({ host: '127.0.0.1', port, tls: 'none', credentials })
  return async () => {
    let letters = 0
    const numbers = Array.from({ length: Number(count) }, (_, index) => index + 1)
    for await (const top of pop3.tops(numbers, 0)) if (top.kind === 'top') letters += 1
    if (letters !== Number(count)) throw new Error(`${letters} letters were listed`)
    await pop3.close()
  }
}
