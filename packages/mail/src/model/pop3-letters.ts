/** Letters and header sections of a maildrop, in few round trips. */

import type { MailError } from '../base/mail-error.ts'
import { concatOctets, copyOctets } from '../base/octets.ts'
import type { Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import { Email } from './email.ts'
import type { EmailHeaders } from './email-headers.ts'
import { MailboxException, readOneOf } from './mailbox-exception.ts'
import { ReadEmailHeaders } from './read-email-headers.ts'

/** Whole letters by maildrop number; for one that can't be read, why not. */
export async function retrieveEmails(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, Email | MailboxException>> {
  const emails = new Map<number, Email | MailboxException>()
  const refusals = await retrieveLetters(session, maildropNumbers, (number, octets) => {
    const email = readOneOf(number - 1, () => Email.fromBytes(octets))
    emails.set(number, email)
  })
  return new Map([...emails, ...refusals])
}

/** Letters that the server does not give, and why not, by maildrop number. */
export type RefusedLetters = ReadonlyMap<number, MailboxException>

/** Gives each letter, when it is there whole, to whoever reads it. */
export async function retrieveLetters(
  session: Pop3Session,
  maildropNumbers: readonly number[],
  read: (maildropNumber: number, octets: Uint8Array) => void,
): Promise<RefusedLetters> {
  if (maildropNumbers.length === 0) return new Map()
  const refusals = await session.retrieveAll(maildropNumbers, (number) => {
    const pieces: Uint8Array[] = []
    return {
      push: (octets) => void pieces.push(copyOctets(octets)),
      end: () => read(number, concatOctets(pieces)),
    }
  })
  return new Map([...refusals].map(([number, error]) => [number, refusalOf(number, error)]))
}

/** Headers by maildrop number; for those that the server does not give, why not. */
export async function retrieveHeaders(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, EmailHeaders | MailboxException>> {
  const { sections, refusals } = await retrieveHeaderSections(session, maildropNumbers)
  const headers = new Map<number, EmailHeaders | MailboxException>(refusals)
  for (const [number, octets] of sections) headers.set(number, new ReadEmailHeaders(octets))
  return headers
}

/** Header sections by maildrop number. */
export async function retrieveHeaderSections(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<{
  readonly sections: ReadonlyMap<number, Uint8Array>
  readonly refusals: RefusedLetters
}> {
  const sections = new Map<number, Uint8Array>()
  const refusals = new Map<number, MailboxException>()
  for await (const top of session.beginnings(maildropNumbers, 0)) {
    const number = top.maildropNumber
    if (top.kind === 'top') sections.set(number, top.octets)
    else refusals.set(number, refusalOf(number, top.error))
  }
  return { sections, refusals }
}

/** Of one letter: the others are read all the same. */
function refusalOf(maildropNumber: number, error: MailError): MailboxException {
  return new MailboxException(`reading letter ${maildropNumber - 1}`, error)
}
