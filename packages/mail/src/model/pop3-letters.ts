/** Letters and header sections of a maildrop, in few round trips. */

import { concatOctets } from '../base/octets.ts'
import type { Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import type { LetterSink } from '../pop3/batch.ts'
import { Pop3ResponseRejected } from '../pop3/errors.ts'
import { Email } from './email.ts'
import type { EmailHeaders } from './email-headers.ts'
import { readOneOf, type MailboxException } from './mailbox-exception.ts'
import { ReadEmailHeaders } from './read-email-headers.ts'

/** So much of a letter as is kept to find its header section in. */
const BEGINNING_OCTETS = 262_144

/** Whole letters by maildrop number; for one that can't be read, why not. */
export async function retrieveEmails(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, Email | MailboxException>> {
  const emails = new Map<number, Email | MailboxException>()
  await retrieveLetters(session, maildropNumbers, (number, octets) => {
    const email = readOneOf(number - 1, () => Email.fromBytes(octets))
    emails.set(number, email)
  })
  return emails
}

/** Gives each letter, when it is there whole, to whoever reads it. @throws Pop3ResponseRejected when the server refuses one. */
export async function retrieveLetters(
  session: Pop3Session,
  maildropNumbers: readonly number[],
  read: (maildropNumber: number, octets: Uint8Array) => void,
): Promise<void> {
  await retrieve(session, maildropNumbers, (number) => {
    const pieces: Uint8Array[] = []
    return {
      push: (octets) => void pieces.push(octets.slice()),
      end: () => read(number, concatOctets(pieces)),
    }
  })
}

/** Headers by maildrop number. */
export async function retrieveHeaders(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, EmailHeaders>> {
  const sections = await retrieveHeaderSections(session, maildropNumbers)
  return new Map([...sections].map(([number, octets]) => [number, new ReadEmailHeaders(octets)]))
}

/** Header sections by maildrop number: by TOP, or out of the whole letters where the server does not know it. */
export async function retrieveHeaderSections(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const sections = new Map<number, Uint8Array>()
  const { capabilities } = session
  if (capabilities.has('TOP') || !capabilities.isKnown) {
    for await (const top of session.tops(maildropNumbers, 0)) {
      if (top.kind === 'top') {
        sections.set(top.maildropNumber, top.octets)
      } else if (top.error instanceof Pop3ResponseRejected) {
        if (capabilities.has('TOP')) throw top.error
        break
      }
      // A beginning that is too large is looked for in the letter.
    }
  }
  const left = maildropNumbers.filter((number) => !sections.has(number))
  await retrieve(session, left, (number) => beginningSink(number, sections))
  return sections
}

/** Keeps the header section, and lets the rest of the letter pass. */
function beginningSink(number: number, sections: Map<number, Uint8Array>): LetterSink {
  const pieces: Uint8Array[] = []
  let room = BEGINNING_OCTETS
  return {
    push: (octets) => {
      if (room > 0) pieces.push(octets.slice(0, room))
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
): Promise<void> {
  if (maildropNumbers.length === 0) return
  const refusals = await session.retrieveAll(maildropNumbers, open)
  for (const error of refusals.values()) throw error
}
