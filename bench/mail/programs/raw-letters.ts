/**
 * The most that a server takes with DATA over one connection: one letter over and over, composed once. Its content and the envelope of the next
 * leave together. Arguments: port, letters before, letters.
 */
import { costOf } from '../../clock.ts'
import { recipientOf, SENDER, SUBJECT, textOf } from '../letter.ts'
import { RawConnection } from '../raw-connection.ts'

const [port = 0, before = 0, count = 0] = process.argv.slice(2).map(Number)

const ENVELOPE = `RSET\r\nMAIL FROM:<${SENDER}>\r\nRCPT TO:<${recipientOf(0)}>\r\nDATA\r\n`
/** To RSET, MAIL, RCPT and DATA, and one to the content. */
const ENVELOPE_REPLIES = 4
const LETTER_REPLIES = ENVELOPE_REPLIES + 1

const body = Buffer.from(textOf(0)).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
const head = `From: <${SENDER}>\r\nSubject: =?utf-8?B?${Buffer.from(SUBJECT).toString('base64')}?=\r\n`
const content = `${head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n.\r\n`
const octets = Buffer.from(`${content}${ENVELOPE}`)

const connection = await RawConnection.open(port)
await connection.say(ENVELOPE)
await connection.replies(ENVELOPE_REPLIES)
await send(before)
console.log(JSON.stringify(await costOf(() => send(count))))
connection.close()

async function send(letters: number): Promise<void> {
  for (let letter = 0; letter < letters; letter++) {
    await connection.say(octets)
    await connection.replies(LETTER_REPLIES)
  }
}
