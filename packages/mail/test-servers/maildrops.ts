/** Finding and reading the letters of a test in a mailbox that others use too. */
import assert from 'node:assert/strict'

import { Pop3ResponseRejected } from '../src/errors.ts'
import { type MessageEvent, MessageReader, parseHeaderSection } from '../src/mime.ts'
import { openPop3, type Pop3Connection } from '../src/pop3.ts'
import type { MailServer } from '../src/smtp.ts'
import { BOUNDED } from './laboratory.ts'
import type { Letter } from './letters.ts'

/** A delivery takes 20 to 200 ms, and a look at the mailbox some ten; a busy machine takes longer for both. */
const MOST_LOOKS = 500

/** An open maildrop, with the numbers of the letters that were looked for, in the order of their ids. */
export interface FoundLetters extends AsyncDisposable {
  readonly maildrop: Pop3Connection
  readonly numbers: readonly number[]
  /** Of everything in the maildrop. */
  readonly messageIds: readonly string[]
}

/** What was read of a letter. */
export interface ReadLetter extends Omit<Letter, 'content' | 'messageId'> {
  readonly messageId: string | undefined
  readonly defects: readonly string[]
  /** The letter itself. */
  readonly octets: Uint8Array
}

/** Opens a maildrop, again and again while another session holds it or a letter has not come. */
export async function awaitLetters(
  server: MailServer,
  letters: readonly Pick<Letter, 'messageId'>[],
): Promise<FoundLetters> {
  const known = new Map<string, string>()
  const wanted = letters.map(({ messageId }) => messageId)
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const maildrop = await openWhenFree(server)
    const present = await messageIds(maildrop, known)
    const numberOf = new Map(present)
    const numbers = wanted.flatMap((messageId) => numberOf.get(messageId) ?? [])
    if (numbers.length === wanted.length) {
      return {
        maildrop,
        numbers,
        messageIds: present.map(([messageId]) => messageId),
        [Symbol.asyncDispose]: () => maildrop.close(),
      }
    }
    await maildrop.close()
  }
  throw new Error(`not all of the letters came: ${wanted.join(' ')}`)
}

/** Which of these letters are in the maildrop now. */
export async function presentLetters(
  server: MailServer,
  letters: readonly Pick<Letter, 'messageId'>[],
): Promise<readonly string[]> {
  await using maildrop = await openWhenFree(server)
  const present = new Set((await messageIds(maildrop, new Map())).map(([messageId]) => messageId))
  return letters.map(({ messageId }) => messageId).filter((messageId) => present.has(messageId))
}

export function openWhenFree(server: MailServer): Promise<Pop3Connection> {
  return whenFree(() => openPop3(server, BOUNDED))
}

/** A server may take a moment to notice that the session before is over; until then the maildrop is locked. */
export async function whenFree<Result>(logIn: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await logIn()
    } catch (error) {
      const isHeld = error instanceof Pop3ResponseRejected && error.transient
      if (!isHeld || attempt === MOST_LOOKS) throw error
    }
  }
}

export async function readLetter(
  maildrop: Pop3Connection,
  maildropNumber: number,
): Promise<ReadLetter> {
  const reader = new MessageReader()
  const pieces: Uint8Array[] = []
  const events: MessageEvent[] = []
  await maildrop.retrieve(maildropNumber, (octets) => {
    pieces.push(octets.slice())
    for (const event of reader.push(octets.slice())) events.push(event)
  })
  events.push(...reader.end())
  return {
    ...summarise(events),
    defects: reader.defects.map(({ kind }) => kind),
    octets: Buffer.concat(pieces),
  }
}

/** Compares what was sent with what was read. */
export function assertSameLetter(read: ReadLetter, sent: Letter): void {
  const { messageId, subject, text, fileName } = sent
  assert.deepEqual(
    { ...read, file: undefined, octets: undefined },
    { messageId, subject, text, fileName, defects: [], file: undefined, octets: undefined },
  )
  assert.ok(Buffer.from(sent.file).equals(read.file), 'the file has other octets')
}

/** Deletes what a test has put into the mailbox. */
export async function deleteLetters({
  maildrop,
  numbers,
}: Pick<FoundLetters, 'maildrop' | 'numbers'>): Promise<void> {
  const refused = await maildrop.deleteAll(numbers)
  assert.equal(refused.size, 0)
  await maildrop.close()
}

/**
 * Every letter of the maildrop, also those that have the same Message-ID.
 *
 * @param known unique id → Message-ID, of letters that were looked at before.
 */
async function messageIds(
  maildrop: Pop3Connection,
  known: Map<string, string>,
): Promise<readonly (readonly [string, number])[]> {
  const uniqueIds = await maildrop.uniqueIds()
  assert.ok(uniqueIds, 'the server has no UIDL')
  const unknown = [...uniqueIds].flatMap(([number, uniqueId = '']) =>
    known.has(uniqueId) ? [] : [number],
  )
  for await (const top of maildrop.tops(unknown, 0)) {
    const messageId =
      top.kind === 'top' ? (parseHeaderSection(top.octets).first('Message-ID') ?? '') : ''
    known.set(uniqueIds.get(top.maildropNumber) ?? '', messageId)
  }
  return [...uniqueIds].map(([number, uniqueId = '']) => [known.get(uniqueId) ?? '', number])
}

/** Deletes all copies of these letters from a maildrop, also of those that came by an alias. */
export async function deleteCopies(server: MailServer, wanted: ReadonlySet<string>): Promise<void> {
  const maildrop = await openWhenFree(server)
  const present = await messageIds(maildrop, new Map())
  const numbers = present.flatMap(([messageId, number]) => (wanted.has(messageId) ? number : []))
  await deleteLetters({ maildrop, numbers })
}

/** The letter has a text and then a file, as {@link newLetter} makes it. */
function summarise(events: readonly MessageEvent[]): Omit<ReadLetter, 'defects' | 'octets'> {
  const contents: { readonly fileName: string; readonly pieces: Uint8Array[] }[] = []
  let messageId: string | undefined
  let subject = ''
  for (const event of events) {
    if (event.kind === 'part') {
      contents.push({ fileName: event.fileName ?? '', pieces: [] })
      if (event.path.length > 0) continue
      messageId = event.header.first('Message-ID')
      subject = event.header.first('Subject') ?? ''
    }
    if (event.kind === 'content') contents.at(-1)?.pieces.push(event.octets)
  }
  const [, text, file] = contents
  return {
    messageId,
    subject,
    text: Buffer.concat(text?.pieces ?? [])
      .toString()
      .replaceAll('\r\n', '\n'),
    fileName: file?.fileName ?? '',
    file: Buffer.concat(file?.pieces ?? []),
  }
}
