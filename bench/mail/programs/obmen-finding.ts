/**
 * Looks for letters of an exchange in a mailbox of somebody's own: for the first time, once more, and when letters have come, every second of them of the
 * exchange. Arguments: protocol, port, user, maildir, new letters.
 */
import { formatFileName, parseFileName, parseNodeCode, SUBJECT_PREFIX } from '@obmen/exchange'
import { MailTransport } from '@obmen/exchange/mail'
import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'
import { Secret } from '@obmen/mail/imap'

import { startCountingProxy } from '../counting-proxy.ts'
import { PASSWORD } from '../dovecot.ts'
import { SENDER, SUBJECT, textOf } from '../letter.ts'
import { addLetters } from '../mailboxes.ts'

const [protocol = '', port = '0', user = '', maildir = '', count = '0'] = process.argv.slice(2)

const counter = await startCountingProxy(Number(port))
const name = parseFileName('Message_План_ЦБ_С01_1.ndjson.zst') ?? fail('no file name')
let remembered: ReadonlySet<string> = new Set()
const server = {
  host: '127.0.0.1',
  port: counter.port,
  tls: 'none',
  credentials: { user, password: new Secret(PASSWORD) },
} as const
const transport = new MailTransport({
  plan: { name: name.plan, thisNode: parseNodeCode('С01') },
  address: MailboxAddress.parse(SENDER),
  smtp: server,
  ...(protocol === 'imap' ? { imap: server } : { pop3: server }),
  subjectPrefix: SUBJECT_PREFIX,
  foreignLetters: {
    all: () => remembered,
    replace: (lines) => {
      remembered = lines
    },
  },
})

const figures: Record<string, number> = {}
const found = await look(0)
if ((await look(1)) !== found) fail('the second look found others')
addLetters(maildir, await newLetters(Number(count)))
if ((await look(2)) !== found + Math.floor(Number(count) / 2)) fail('not all were found')
counter.close()
console.log(JSON.stringify(figures))

async function look(index: number): Promise<number> {
  Object.assign(counter.traffic, { octets: 0, roundTrips: 0 })
  const inbox = await transport.openInbox()
  const waiting = await inbox.waiting()
  await inbox.close()
  figures[`octets${index}`] = counter.traffic.octets
  figures[`roundTrips${index}`] = counter.traffic.roundTrips
  return waiting.length
}

async function newLetters(letters: number): Promise<readonly Uint8Array[]> {
  const composed: Uint8Array[] = []
  for (let number = 0; number < letters; number += 1) {
    const uuid = crypto.randomUUID()
    const isOurs = number % 2 === 1
    const letter = composeMessage({
      from: MailboxAddress.parse(SENDER),
      to: [MailboxAddress.parse(SENDER)],
      subject: isOurs ? `${SUBJECT_PREFIX}${formatFileName(name)}` : SUBJECT,
      date: new Date(),
      messageId: formatMessageId(uuid, 'example.org'),
      boundary: uuid.replaceAll('-', ''),
      headerFields: isOurs
        ? [{ name: 'Obmen-Message', value: `uuid=${uuid}; base=0; epoch=1` }]
        : [],
      text: textOf(number),
    })
    const pieces: Uint8Array[] = []
    for await (const piece of letter) pieces.push(piece)
    composed.push(Buffer.concat(pieces))
  }
  return composed
}

function fail(reason: string): never {
  throw new Error(reason)
}
