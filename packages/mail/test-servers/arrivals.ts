/** Letters that have to arrive as they were sent, octet for octet. */
import assert from 'node:assert/strict'

import { ForwardPath, type MailServer, ReversePath, type Envelope } from '../src/smtp.ts'
import { type Laboratory, mailboxAt, passwordPorts, toMailServer } from './laboratory.ts'
import type { Letter } from './letters.ts'
import { awaitLetters, deleteLetters, type FoundLetters } from './maildrops.ts'

/** What servers write before the fields of a letter that they pass on (RFC 5321 §4.4), and what delivering programs add to it. */
const TRACE_FIELDS: ReadonlySet<string> = new Set([
  'return-path',
  'received',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'delivery-date',
  'x-cyrus-session-id',
  'x-sieve',
])

/** Who writes to whom, and where that arrives. */
export interface Correspondence {
  readonly from: string
  readonly to: string
  readonly envelope: Envelope
  readonly maildropServer: MailServer
}

/** A letter, and what has to come out of the mailbox behind the trace fields. */
export interface SentLetter extends Pick<Letter, 'messageId' | 'content'> {
  readonly arrives: Uint8Array
}

/** The first user writes to the second, in the mailbox of the first POP3 port. */
export function correspondenceOf(laboratory: Laboratory): Correspondence {
  const [sender, receiver] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && receiver && pop3)
  const mailbox = mailboxAt(pop3, receiver)
  assert.ok(mailbox)
  return {
    from: sender.address,
    to: mailbox.address,
    envelope: {
      reversePath: ReversePath.parse(sender.address),
      forwardPaths: [ForwardPath.parse(mailbox.address)],
    },
    maildropServer: toMailServer(laboratory, pop3, mailbox),
  }
}

/** A letter that no server has a reason to change. */
export async function unchanging(
  letter: Pick<Letter, 'messageId' | 'content'>,
): Promise<SentLetter> {
  return { ...letter, arrives: await octetsOf(letter.content()) }
}

/** Waits for letters, compares each with what was sent, and deletes them. There must be one of each, and none of the others. */
export async function assertArrived(
  server: MailServer,
  letters: readonly SentLetter[],
  never: readonly Pick<Letter, 'messageId'>[] = [],
): Promise<void> {
  const found = await awaitLetters(server, letters)
  const received = await retrieveAll(found)
  await deleteLetters(found)
  for (const [index, { arrives }] of letters.entries()) {
    assertSameOctets(received[index] ?? Buffer.of(), arrives)
  }
  const wanted = new Set([...letters, ...never].map(({ messageId }) => messageId))
  assert.deepEqual(
    found.messageIds.filter((messageId) => wanted.has(messageId)).toSorted(),
    letters.map(({ messageId }) => messageId).toSorted(),
    'a letter has come twice, or should not have come',
  )
}

/** The letters that were found, in the order of their numbers there. */
export async function retrieveAll({
  maildrop,
  numbers,
}: Pick<FoundLetters, 'maildrop' | 'numbers'>): Promise<readonly Buffer[]> {
  const pieces = new Map<number, Uint8Array[]>()
  await maildrop.retrieveAll(numbers, (number) => {
    const own: Uint8Array[] = []
    pieces.set(number, own)
    return { push: (octets) => void own.push(octets.slice()) }
  })
  return numbers.map((number) => Buffer.concat(pieces.get(number) ?? []))
}

export async function octetsOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Nothing has been changed, and only trace fields were added, at the beginning. */
export function assertSameOctets(received: Buffer, arrives: Uint8Array): void {
  const at = received.length - arrives.length
  const rest = received.subarray(Math.max(at, 0))
  if (!rest.equals(arrives)) {
    assert.equal(received.toString('latin1'), Buffer.from(arrives).toString('latin1'))
  }
  const names = received
    .toString('latin1', 0, at)
    .split('\r\n')
    .flatMap((line) => /^([^ \t:]+):/.exec(line)?.[1]?.toLowerCase() ?? [])
  assert.deepEqual(
    names.filter((name) => !TRACE_FIELDS.has(name)),
    [],
  )
}
