import { measureAttachments } from './attachments.ts'
import { measureComposing } from './composing.ts'
import type { Section } from './figures.ts'
import { measureReading } from './reading.ts'
import { measureReceiving } from './receiving.ts'
import { measureRoundTrips } from './round-trips.ts'
import { measureSmallLetters } from './small-letters.ts'

/** Shows what letters cost: to compose, to send, to read and to receive, beside nodemailer, postal-mime, imapflow and Postfix's smtp-source. */
export async function* measureMail(): AsyncGenerator<Section> {
  yield* measureComposing()
  yield* measureSmallLetters()
  yield* measureAttachments()
  yield* measureRoundTrips()
  yield* measureReading()
  yield* measureReceiving()
}
