import { readFileSync } from 'node:fs'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { append } from '../../src/imap/append.ts'
import { fetchLetters, fetchSection } from '../../src/imap/fetch.ts'
import type { LetterSection } from '../../src/imap/fetch.ts'
import { move, store } from '../../src/imap/letters.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import { list, logout } from '../../src/imap/mailboxes.ts'
import { UidSet } from '../../src/imap/number-set.ts'
import { search } from '../../src/imap/search.ts'
import { leave, select } from '../../src/imap/selection.ts'
import { openSession } from '../../src/imap/session.ts'
import type { ImapSession, ImapSessionOptions } from '../../src/imap/session.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import { play } from '../../src/testing/play.ts'
import type { PlayOptions } from '../../src/testing/play.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { environment } from '../sasl/context.ts'

/** The password of all tests here. */
export const PASSWORD = 'tanstaaf'

export const credentials: PasswordCredentials = { user: 'tim', password: new Secret(PASSWORD) }

/** A transcript of `test/transcripts/imap`. */
export function transcript(name: string): string {
  return readFileSync(new URL(`../transcripts/imap/${name}.txt`, import.meta.url), 'utf8')
}

/** Logs in, over TLS from the first octet unless the options say otherwise. */
export function logIn(options: Partial<ImapSessionOptions> = {}): Dialog<ImapSession> {
  return openSession({
    tls: 'implicit',
    credentials,
    deadlines: DEFAULT_DEADLINES,
    limits: DEFAULT_IMAP_LIMITS,
    environment,
    ...options,
  })
}

/** A login at a server that can do these things, and says so at once. */
export function loginWith(...capabilities: readonly string[]): string {
  return `
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
    S: A1 OK [CAPABILITY ${['IMAP4rev1', ...capabilities].join(' ')}] in
  `
}

/** Opening INBOX, with three letters in it, as the second command. */
export const SELECT = `
    C: A2 SELECT "INBOX"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: A2 OK [READ-WRITE] done
  `

export interface Conversation extends PlayOptions {
  readonly capabilities?: readonly string[]
  readonly limits?: Partial<ImapSessionOptions['limits']>
}

/** Plays what comes after a login: the test's part of the transcript and its commands. */
export function playSession<Result>(
  commands: (session: ImapSession) => Dialog<Result>,
  transcriptPart: string,
  { capabilities = [], limits = {}, ...options }: Conversation = {},
): Promise<Result> {
  const dialog = function* (): Dialog<Result> {
    return yield* commands(yield* logIn({ limits: { ...DEFAULT_IMAP_LIMITS, ...limits } }))
  }
  return play(dialog(), loginWith(...capabilities) + transcriptPart, options)
}

/** As {@link playSession}, with INBOX open. */
export function playMailbox<Result>(
  commands: (session: ImapSession) => Dialog<Result>,
  transcriptPart: string,
  options: Conversation = {},
): Promise<Result> {
  const inMailbox = function* (session: ImapSession): Dialog<Result> {
    yield* select(session, 'INBOX', { access: 'write' })
    return yield* commands(session)
  }
  return playSession(inMailbox, SELECT + transcriptPart, options)
}

/** Content in pieces of three octets. */
export async function* pieces(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  const octets = octetsOf(text)
  for (let at = 0; at < octets.length; at += 3) yield octets.slice(at, at + 3)
}

/** A section as text; `undefined` when there is none. */
export function* sectionText(
  session: ImapSession,
  uid: number,
  section: LetterSection,
): Dialog<string | undefined> {
  const taken: Uint8Array[] = []
  const outcome = yield* fetchSection(session, { uid, section }, (octets) => {
    taken.push(octets)
  })
  return outcome && textOf(concatOctets(taken))
}

/** A whole session: lists, opens, searches, fetches, marks, moves, appends. */
export function* workThrough(options: Partial<ImapSessionOptions> = {}): Dialog<unknown> {
  const session = yield* logIn(options)
  const mailboxes = yield* list(session, { status: ['messages', 'unseen'] })
  const { mailbox: inbox } = yield* select(session, 'inbox', { access: 'write' })
  const { uidValidity, isReadOnly } = inbox
  const unseen = yield* search(session, { seen: false })
  const items = { flags: true, sizeOctets: true, header: ['SUBJECT'] }
  const letters = yield* fetchLetters(session, UidSet.of([4, 7]), items)
  const content = yield* sectionText(session, 7, {
    part: '1',
    piece: { offset: 0, octetCount: 100 },
  })
  yield* store(session, UidSet.of([4, 7]), { change: 'add', flags: ['\\Flagged'] })
  const moved = yield* move(session, unseen, 'Sent')
  const left = inbox.exists
  const text = 'Subject: x\r\n\r\ny\r\n'
  const appended = yield* append(
    session,
    { mailbox: 'Sent', flags: ['\\Seen'] },
    { octetCount: 17, source: pieces(text) },
  )
  yield* leave(session, 'keep')
  yield* logout(session)
  return {
    mailboxes: mailboxes
      .map(({ name, status }) => `${name.text}: ${status?.messages}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
    inbox: [uidValidity !== undefined, isReadOnly, left > 0],
    unseen: unseen.toString(),
    letters: letters
      .toSorted((a, b) => (a.uid ?? 0) - (b.uid ?? 0))
      .map(({ uid, flags, sizeOctets, header }) => [
        uid,
        flags,
        sizeOctets,
        header && textOf(header),
      ]),
    content,
    moved,
    appended,
  }
}
