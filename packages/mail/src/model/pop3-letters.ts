/** Letters and header sections of a maildrop, in few round trips. */

import { concatOctets, copyOctets } from '../base/octets.ts'
import type { Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import type { LetterSink } from '../pop3/batch.ts'
import { Pop3ResponseRejected } from '../pop3/errors.ts'
import { Email } from './email.ts'
import type { EmailHeaders } from './email-headers.ts'
import { MailboxException, readOneOf } from './mailbox-exception.ts'
import { ReadEmailHeaders } from './read-email-headers.ts'

/** So much of a letter as is kept to find its header section in. */
const BEGINNING_OCTETS = 262_144

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
  return retrieve(session, maildropNumbers, (number) => {
    const pieces: Uint8Array[] = []
    return {
      push: (octets) => void pieces.push(copyOctets(octets)),
      end: () => read(number, concatOctets(pieces)),
    }
  })
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

/** Header sections by maildrop number: by TOP, or out of the whole letters where the server does not know it. */
export async function retrieveHeaderSections(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<{
  readonly sections: ReadonlyMap<number, Uint8Array>
  readonly refusals: RefusedLetters
}> {
  const sections = new Map<number, Uint8Array>()
  const refused = new Map<number, MailboxException>()
  const { capabilities } = session
  if (capabilities.has('TOP') || !capabilities.isKnown) {
    for await (const top of session.tops(maildropNumbers, 0)) {
      if (top.kind === 'top') {
        sections.set(top.maildropNumber, top.octets)
      } else if (top.error instanceof Pop3ResponseRejected) {
        // One that has obeyed it knows it, and refuses this letter.
        if (sections.size === 0 && !capabilities.has('TOP')) break
        refused.set(top.maildropNumber, refusalOf(top.maildropNumber, top.error))
      }
      // A beginning that is too large is looked for in the letter.
    }
  }
  const left = maildropNumbers.filter((number) => !sections.has(number) && !refused.has(number))
  const others = await retrieve(session, left, (number) => beginningSink(number, sections))
  return { sections, refusals: new Map([...refused, ...others]) }
}

/** Keeps the header section, and lets the rest of the letter pass. */
function beginningSink(number: number, sections: Map<number, Uint8Array>): LetterSink {
  const pieces: Uint8Array[] = []
  let room = BEGINNING_OCTETS
  return {
    push: (octets) => {
      if (room > 0) pieces.push(copyOctets(octets, 0, room))
      room -= octets.length
    },
    end: () => void sections.set(number, headerOf(concatOctets(pieces))),
  }
}

/** What stands before the first empty line, whatever the line ends are. */
export function headerOf(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  const ends = ['\r\n', '\n'].flatMap((end) => {
    const at = text.indexOf(`${end}${end}`)
    return at < 0 ? [] : at + end.length
  })
  return octets.subarray(0, Math.min(octets.length, ...ends))
}

async function retrieve(
  session: Pop3Session,
  maildropNumbers: readonly number[],
  open: (maildropNumber: number) => LetterSink,
): Promise<RefusedLetters> {
  if (maildropNumbers.length === 0) return new Map()
  const refusals = await session.retrieveAll(maildropNumbers, open)
  return new Map([...refusals].map(([number, error]) => [number, refusalOf(number, error)]))
}

/** Of one letter: the others are read all the same. */
function refusalOf(maildropNumber: number, error: Pop3ResponseRejected): MailboxException {
  return new MailboxException(`reading letter ${maildropNumber - 1}`, error)
}
