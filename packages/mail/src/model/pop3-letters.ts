/** Letters and header sections of a maildrop, in few round trips. */

import { concatOctets } from '../base/octets.ts'
import { parseHeaderSection, type HeaderSection } from '../mime/header-section.ts'
import type { MessageEvent } from '../mime/message.ts'
import { MessageReader } from '../mime/parse-message.ts'
import type { Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import type { LetterSink } from '../pop3/batch.ts'
import { Pop3ResponseRejected } from '../pop3/errors.ts'
import { Email } from './email.ts'
import { readOneOf } from './mailbox-exception.ts'

/** What was read of letters, by maildrop number. What could not be read is thrown when it is asked for: a sink that fails would end the session. */
type Readings<Read> = Map<number, () => Read>

/** Whole letters, by maildrop number. */
export async function retrieveEmails(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, Email>> {
  const readings: Readings<Email> = new Map()
  await retrieve(session, maildropNumbers, (number) => {
    const pieces: Uint8Array[] = []
    return {
      push: (octets) => void pieces.push(octets.slice()),
      end: () => keep(readings, number, () => Email.fromBytes(concatOctets(pieces))),
    }
  })
  return allOf(readings)
}

/** Header sections, by maildrop number: by TOP, or out of the whole letters where the server does not know it. */
export async function retrieveHeaders(
  session: Pop3Session,
  maildropNumbers: readonly number[],
): Promise<ReadonlyMap<number, HeaderSection>> {
  const readings: Readings<HeaderSection> = new Map()
  const { capabilities } = session
  if (capabilities.has('TOP') || !capabilities.isKnown) {
    for await (const top of session.tops(maildropNumbers, 0)) {
      if (top.kind === 'top') {
        keep(readings, top.maildropNumber, () => parseHeaderSection(top.octets))
        continue
      }
      if (top.error instanceof Pop3ResponseRejected && !capabilities.has('TOP')) break
      throw top.error
    }
  }
  const left = maildropNumbers.filter((number) => !readings.has(number))
  await retrieve(session, left, (number) => headerSink(number, readings))
  return allOf(readings)
}

/** Keeps the header section, and lets the rest of the letter pass. */
function headerSink(number: number, readings: Readings<HeaderSection>): LetterSink {
  const reader = new MessageReader()
  const take = (read: () => readonly MessageEvent[]): void => {
    if (readings.has(number)) return
    try {
      const begin = read().find((event) => event.kind === 'part')
      if (begin !== undefined) readings.set(number, () => begin.header)
    } catch (error) {
      keep(readings, number, () => {
        throw error
      })
    }
  }
  return {
    push: (octets) => take(() => reader.push(octets.slice())),
    end: () => take(() => reader.end()),
  }
}

function keep<Read>(readings: Readings<Read>, number: number, read: () => Read): void {
  try {
    const done = readOneOf(number - 1, read)
    readings.set(number, () => done)
  } catch (error) {
    readings.set(number, () => {
      throw error
    })
  }
}

function allOf<Read>(readings: Readings<Read>): ReadonlyMap<number, Read> {
  return new Map([...readings].map(([number, read]) => [number, read()]))
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
