/** Letters that a test can tell from all others, and what sends them. */
import assert from 'node:assert/strict'

import {
  composeMessage,
  formatDateTime,
  formatMessageId,
  MailboxAddress,
  type MessageDraft,
} from '../src/mime.ts'
import {
  type Envelope,
  ForwardPath,
  type MailServer,
  openSmtp,
  type PasswordMechanismName,
  type RecipientOutcome,
  ReversePath,
  type SmtpConnection,
  type SmtpOptions,
} from '../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  lettersPerConnection,
  takesPassword,
  toMailServer,
} from './laboratory.ts'

const FILE_NAME = 'Остатки «утро» №1.bin'

/** Some lines of base64, and a last one that is not full. */
const SMALL_FILE_OCTETS = 3_001

/** What `getRandomValues` gives at most in one call. */
const RANDOM_OCTETS_MAX = 65_536

const TEXT = 'Доброе утро!\n.\n..\n.точка в начале строки\nFrom here on: end.\n'

/** Who a letter is from and to where that doesn't matter. */
const AUTHOR = { from: 'author@lab.test', to: 'reader@lab.test' } as const

/** A letter, and what has to be read from it in the end. */
export interface Letter {
  readonly messageId: string
  readonly subject: string
  readonly text: string
  readonly fileName: string
  readonly file: Uint8Array
  content(): AsyncIterable<Uint8Array>
}

export interface LetterOptions {
  readonly fileOctets?: number
  readonly headerFields?: MessageDraft['headerFields']
}

const messageIds = new Set<string>()

/** The Message-IDs of all letters that were written here. */
export const writtenMessageIds: ReadonlySet<string> = messageIds

function newMessageId(id: string): string {
  const messageId = formatMessageId(id, 'client.lab.test')
  messageIds.add(messageId)
  return messageId
}

/** Composes a letter with a Cyrillic subject and a file with a Cyrillic name. */
export function newLetter(
  from: string,
  to: string,
  { fileOctets = SMALL_FILE_OCTETS, headerFields = [] }: LetterOptions = {},
): Letter {
  const id = crypto.randomUUID()
  const file = randomOctets(fileOctets)
  const facts = {
    messageId: newMessageId(id),
    subject: `СООБЩЕНИЕ_ОБМЕНА: остатки на складе «Южный», ${id}`,
    text: TEXT,
  }
  const draft = {
    ...facts,
    from: MailboxAddress.parse(from),
    to: [MailboxAddress.parse(to)],
    date: new Date(),
    boundary: id.replaceAll('-', ''),
    headerFields,
  } as const
  const attachment = { fileName: FILE_NAME, contentType: 'application/octet-stream' }
  return {
    ...facts,
    fileName: FILE_NAME,
    file,
    content: () =>
      composeMessage({ ...draft, attachments: [{ ...attachment, content: () => piecesOf(file) }] }),
  }
}

/** A letter whose octets the test writes itself, with all the fields that a server would otherwise add. */
export function rawLetter(
  body: string,
  { from, to }: { readonly from: string; readonly to: string } = AUTHOR,
): Pick<Letter, 'messageId' | 'content'> {
  const id = crypto.randomUUID()
  const messageId = newMessageId(id)
  const fields = [
    `From: ${from}`,
    `To: ${to}`,
    `Date: ${formatDateTime(new Date())}`,
    `Message-ID: ${messageId}`,
    `Subject: ${id}`,
  ]
  const text = `${fields.join('\r\n')}\r\n\r\n${body}`
  return { messageId, content: () => piecesOf(new TextEncoder().encode(text)) }
}

export function envelopeOf(
  from: string,
  firstTo: string,
  ...furtherTo: readonly string[]
): Envelope {
  return {
    reversePath: ReversePath.parse(from),
    forwardPaths: [
      ForwardPath.parse(firstTo),
      ...furtherTo.map((address) => ForwardPath.parse(address)),
    ],
  }
}

/** The server of an SMTP port, with the credentials of the first user if it wants any. */
export function senderAt(
  laboratory: Laboratory,
  port: LabPort,
  mechanism?: PasswordMechanismName,
): MailServer {
  const [user] = laboratory.users
  if (user === undefined || !takesPassword(port.auth)) return toMailServer(laboratory, port)
  const { login, password } = user
  return toMailServer(laboratory, port, {
    user: login,
    password,
    ...(mechanism && { mechanism }),
  })
}

/** Sends a letter and says what became of it for each recipient: `accepted 250`. */
export async function send(
  connection: SmtpConnection,
  envelope: Envelope,
  letter: Pick<Letter, 'content'>,
): Promise<readonly string[]> {
  const { recipients } = await connection.send(envelope, letter.content())
  return recipients.map(shown)
}

/** Sends letters one after the other, over as few connections as the server delivers them at once from. All have to be accepted. */
export async function sendEach(
  laboratory: Laboratory,
  port: LabPort,
  {
    envelope,
    letters,
    options = BOUNDED,
  }: {
    readonly envelope: Envelope
    readonly letters: readonly Pick<Letter, 'content'>[]
    readonly options?: SmtpOptions
  },
): Promise<void> {
  const perConnection = lettersPerConnection(port)
  for (let from = 0; from < letters.length; from += perConnection) {
    await using connection = await openSmtp(senderAt(laboratory, port), options)
    for (const letter of letters.slice(from, from + perConnection)) {
      assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
    }
  }
}

export function shown({ kind, reply }: RecipientOutcome): string {
  return reply === undefined ? kind : `${kind} ${reply.code}`
}

function randomOctets(count: number): Uint8Array {
  const octets = new Uint8Array(count)
  for (let from = 0; from < count; from += RANDOM_OCTETS_MAX) {
    crypto.getRandomValues(octets.subarray(from, from + RANDOM_OCTETS_MAX))
  }
  return octets
}

/** In pieces as a file would come. */
async function* piecesOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < octets.length; from += RANDOM_OCTETS_MAX) {
    yield octets.slice(from, from + RANDOM_OCTETS_MAX)
  }
}
