/**
 * The most that a server takes of one large letter with DATA: as many octets as a file has in base64, none of them read or encoded. Arguments:
 * port, megabytes of the file.
 */
import { costOf } from '../../clock.ts'
import { recipientOf, SENDER } from '../letter.ts'
import { RawConnection } from '../raw-connection.ts'

const [port = 0, megabytes = 0] = process.argv.slice(2).map(Number)

/** Lines of 57 octets, 76 digits and CRLF. */
const LINES_IN_A_PIECE = 1680
const LINE = `${'QUJD'.repeat(19)}\r\n`
const PIECE = Buffer.from(LINE.repeat(LINES_IN_A_PIECE))
const pieces = Math.ceil((megabytes * 1e6) / (57 * LINES_IN_A_PIECE))

const connection = await RawConnection.open(port)
const cost = await costOf(async () => {
  await connection.say(`MAIL FROM:<${SENDER}>\r\nRCPT TO:<${recipientOf(0)}>\r\nDATA\r\n`)
  await connection.replies(3)
  for (let piece = 0; piece < pieces; piece++) await connection.say(PIECE)
  await connection.say('.\r\n')
  await connection.replies(1)
})
connection.close()
console.log(JSON.stringify(cost))
