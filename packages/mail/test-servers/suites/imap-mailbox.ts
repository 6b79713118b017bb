import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ImapCommandRejected } from '../../src/errors.ts'
import {
  type AppendedLetter,
  type FetchedLetter,
  type ImapConnection,
  type ImapMailbox,
  type LetterContent,
  openImap,
  SequenceSet,
  UidSet,
} from '../../src/imap.ts'
import type { MailServer } from '../../src/smtp.ts'
import {
  composeMessage,
  formatMessageId,
  MailboxAddress,
  parseHeaderSection,
} from '../../src/mime.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  mailboxAt,
  onePerServer,
  passwordPorts,
  toMailServer,
} from '../laboratory.ts'
import { openOwnMailbox, type OwnMailbox } from '../mailboxes.ts'

const TIMEOUT_MS = 180_000

/** More than any buffer on the way has room for. */
const LARGE_OCTETS = 6_000_000

const SUBJECT = 'Остатки «утро»'

function letterOf(subject: string): Uint8Array {
  return new TextEncoder().encode(
    `From: a@lab.test\r\nSubject: ${subject}\r\n\r\n.\r\n..\r\n{5}\r\n)\r\nA9 OK\r\n`,
  )
}

/** What is tried in a mailbox of its own. */
interface Trial {
  readonly name: string
  readonly run: (own: OwnMailbox, server: MailServer) => Promise<void>
}

const TRIALS: readonly Trial[] = [
  { name: 'I16 gives back a large letter too, whole and in part', run: givesBackLarge },
  { name: 'describes letters', run: describes },
  { name: 'I12 finds letters', run: finds },
  { name: 'finds letters among more than fit into a command', run: findsAmongMany },
  { name: 'marks, copies, moves and removes letters', run: changes },
  { name: 'I7 tells of a letter as soon as it comes', run: tellsOfNews },
  { name: 'I8 lets other commands be called while letters are read', run: readsAndMarks },
  { name: 'I11 tells what has changed while nobody looked', run: remembers },
  {
    name: 'I13 is read over a connection that is compressed where that is offered',
    run: compresses,
  },
  { name: 'I4 is listed, renamed and subscribed to by its name', run: isNamed },
]

export function describeImapMailbox(laboratory: Laboratory): void {
  const serverAt = (port: LabPort): MailServer => {
    const mailbox = laboratory.users.flatMap((user) => mailboxAt(port, user) ?? []).at(-1)
    assert.ok(mailbox)
    return toMailServer(laboratory, port, mailbox)
  }
  const attempt = async (port: LabPort, run: Trial['run']): Promise<void> => {
    const server = serverAt(port)
    await using own = await openOwnMailbox(server)
    await run(own, server)
  }

  describe('An IMAP mailbox', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwordPorts(laboratory, 'imap')) {
      it(`gives back octet for octet what was put into it at ${port.id}`, async () => {
        await attempt(port, givesBack)
      })
    }

    for (const port of onePerServer(passwordPorts(laboratory, 'imap'))) {
      for (const { name, run } of TRIALS) {
        it(`${name} at ${port.id}`, async () => {
          await attempt(port, run)
        })
      }
    }
  })
}

async function givesBack(own: OwnMailbox): Promise<void> {
  const letter = letterOf('one')
  const appended = await put(own, letter, { flags: ['\\Flagged'] })

  assert.deepEqual(await contentOf(own.mailbox, appended?.uid ?? 0), letter)
}

async function givesBackLarge(own: OwnMailbox): Promise<void> {
  const line = new TextEncoder().encode(`${'x'.repeat(70)}\r\n`.repeat(500))
  const head = letterOf('large')
  const count = Math.floor(LARGE_OCTETS / line.length)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield head
    for (let index = 0; index < count; index++) yield line
  }
  const sizeOctets = head.length + count * line.length
  const appended = await put(own, pieces(), { sizeOctets })
  const uid = appended?.uid ?? 0

  const content = await contentOf(own.mailbox, uid)
  const piece = await contentOf(own.mailbox, uid, { offset: head.length + 70, octetCount: 4 })

  assert.equal(content.length, sizeOctets)
  assert.deepEqual(content.subarray(0, head.length), head)
  assert.ok(content.subarray(head.length).every((octet, at) => octet === line[at % 72]))
  assert.deepEqual([...piece], [13, 10, 120, 120])
}

async function describes(own: OwnMailbox): Promise<void> {
  await appendComposed(own)
  await put(own, letterOf('two'), {
    internalDate: new Date('2020-02-03T04:05:06Z'),
  })

  const letters = await all(own.mailbox)

  const [composed, plain] = letters
  assert.ok(letters.length === 2 && composed?.header !== undefined)
  assert.equal(parseHeaderSection(composed.header).first('Subject'), SUBJECT)
  assert.equal(composed.envelope?.messageId, '<composed@lab.test>')
  assert.deepEqual(
    composed.body?.parts.map(({ section, contentType }) => [section, contentType]),
    [
      ['1', 'text/plain'],
      ['2', 'application/octet-stream'],
    ],
  )
  assert.equal(composed.body.parts[1]?.disposition?.kind, 'attachment')
  assert.equal(plain?.internalDate?.toISOString(), '2020-02-03T04:05:06.000Z')
  assert.equal(plain.sizeOctets, letterOf('two').length)
  assert.deepEqual([composed.defects, plain.defects], [[], []])
}

/** Courier ends a session at a command of 16 KiB, Dovecot refuses one of 64, Cyrus ends one at 128. */
async function findsAmongMany({ imap, mailbox }: OwnMailbox): Promise<void> {
  await imap.append(mailbox.name, letterOf('one'))
  await imap.noop()
  const uids = UidSet.of(Array.from({ length: 40_000 }, (_, index) => 2 * index + 1))
  const found: (number | undefined)[] = []
  for await (const { uid } of mailbox.fetch(uids, {})) found.push(uid)

  assert.deepEqual(found, [1])
  assert.equal(String(await mailbox.search({ uids })), '1')
}

async function finds(own: OwnMailbox): Promise<void> {
  await appendComposed(own)
  await put(own, letterOf('two'), { flags: ['\\Seen'] })
  const { mailbox } = own
  const [first = 0, second = 0] = (await mailbox.search({})).numbers()

  assert.deepEqual(await found(mailbox.search({ seen: true })), [second])
  assert.deepEqual(await found(mailbox.search({ subject: 'tWo' })), [second])
  assert.deepEqual(await found(mailbox.search({ subject: SUBJECT })), [first])
  assert.deepEqual(await found(mailbox.search({ not: { subject: 'two' } })), [first])
  assert.deepEqual(await found(mailbox.search({ from: 'nobody' })), [])
  assert.deepEqual(
    await found(mailbox.search({ either: [{ seen: true }, { uids: UidSet.of([first]) }] })),
    [first, second],
  )
}

async function changes(own: OwnMailbox): Promise<void> {
  const { imap, mailbox } = own
  const other = await own.beside(`other ${crypto.randomUUID()}`)
  for (const subject of ['one', 'two', 'three']) {
    await put(own, letterOf(subject))
  }
  const [one = 0, two = 0, three = 0] = (await mailbox.search({})).numbers()

  await mailbox.store(UidSet.of([one, two]), 'add', ['\\Flagged', '$Junk'])
  await mailbox.store(UidSet.of([two]), 'remove', ['\\Flagged'])
  assert.deepEqual(await found(mailbox.search({ flagged: true })), [one])
  const copied = await mailbox.copy(UidSet.of([one]), other)
  const moved = await mailbox.move(UidSet.of([two]), other)
  await mailbox.store(UidSet.of([one, three]), 'add', ['\\Deleted'])
  await mailbox.expunge(UidSet.of([three]))

  assert.deepEqual(await found(mailbox.search({})), [one])
  assert.deepEqual([copied[0]?.sourceUids, moved[0]?.sourceUids], [[one], [two]])
  assert.equal((await imap.status(other, ['messages'])).messages, 2)
  await mailbox.close('expunge')
  assert.equal((await imap.status(mailbox.name, ['messages'])).messages, 0)
}

async function tellsOfNews(own: OwnMailbox, server: MailServer): Promise<void> {
  await using other = await openImap(server, BOUNDED)
  const waiting = own.mailbox.changes()

  await other.append(own.mailbox.name, letterOf('news'))
  let changes = await waiting
  while (!changes.some(({ kind }) => kind === 'exists')) changes = await own.mailbox.changes()

  assert.equal(own.mailbox.exists, 1)
}

async function readsAndMarks(own: OwnMailbox): Promise<void> {
  for (let count = 0; count < 5; count++) {
    await put(own, letterOf(`${count}`))
  }

  for await (const { uid = 0 } of own.mailbox.fetch(SequenceSet.from(1), { flags: true })) {
    await own.mailbox.store(UidSet.of([uid]), 'add', ['\\Seen'])
  }

  assert.equal((await own.mailbox.search({ seen: true })).size, 5)
}

async function remembers(own: OwnMailbox, server: MailServer): Promise<void> {
  const { mailbox } = own
  for (const subject of ['one', 'two', 'three']) await put(own, letterOf(subject))
  const [one = 0, two = 0, three = 0] = (await mailbox.search({})).numbers()
  await using other = await openImap(server, { ...BOUNDED, enable: ['QRESYNC'] })
  const before = await other.examine(mailbox.name)
  const { uidValidity = 0, highestModSeq = 0n } = before
  await before.close()

  await mailbox.store(UidSet.of([one]), 'add', ['\\Deleted'])
  await mailbox.expunge(UidSet.of([one]))
  await mailbox.store(UidSet.of([two]), 'add', ['\\Seen'])
  const after = await other.examine(mailbox.name, { uidValidity, highestModSeq })

  if (!other.capabilities.has('QRESYNC')) {
    assert.equal(after.missed, undefined)
    return
  }
  assert.ok(after.missed !== undefined)
  assert.ok(after.missed.vanished.has(one) && !after.missed.vanished.has(three))
  assert.deepEqual(
    after.missed.letters.map(({ uid }) => uid),
    [two],
  )
  assert.ok((after.highestModSeq ?? 0n) > highestModSeq)
}

async function compresses(own: OwnMailbox, server: MailServer): Promise<void> {
  const letter = letterOf(`compressed\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(500))
  await put(own, letter)
  const commands: string[] = []
  const log = (line: string): void => void commands.push(line)
  await using other = await openImap(server, { ...BOUNDED, compress: true, log })
  const mailbox = await other.examine(own.mailbox.name)
  const [uid = 0] = (await mailbox.search({})).numbers()

  assert.deepEqual(await contentOf(mailbox, uid), letter)
  const isCompressed = commands.some((line) => line.endsWith(' COMPRESS DEFLATE'))
  assert.equal(isCompressed, own.imap.capabilities.has('COMPRESS=DEFLATE'))
}

async function isNamed(own: OwnMailbox): Promise<void> {
  const { imap, mailbox } = own
  const name = mailbox.name.text

  await imap.subscribe(mailbox.name)
  const subscribed = await imap.list({ isSubscribed: true })
  await imap.unsubscribe(mailbox.name)
  const [listed] = await imap.list({ pattern: name, status: ['messages', 'uidValidity'] })

  assert.ok(subscribed.some((entry) => entry.name.text === name))
  assert.equal(listed?.name.text, name)
  assert.deepEqual([listed.status?.messages, listed.status?.uidValidity], [0, mailbox.uidValidity])
  await assert.rejects(imap.create(name), ImapCommandRejected)
  await assert.rejects(imap.select(`${name} is not there`), ImapCommandRejected)
  assert.ok(!mailbox.isOpen)
  await imap.rename(name, `${name} 2`)
  assert.equal((await imap.list({ pattern: `${name} 2` })).length, 1)
  await imap.rename(`${name} 2`, name)
}

/** Courier tells of a letter only when it is asked for news. */
async function put(
  { imap, mailbox }: Pick<OwnMailbox, 'imap' | 'mailbox'>,
  letter: LetterContent,
  options: Parameters<ImapConnection['append']>[2] = {},
): Promise<AppendedLetter | undefined> {
  const appended = await imap.append(mailbox.name, letter, options)
  await imap.noop()
  return appended
}

async function appendComposed({ imap, mailbox }: OwnMailbox): Promise<void> {
  const letter = composeMessage({
    messageId: formatMessageId('composed', 'lab.test'),
    from: MailboxAddress.parse('a@lab.test'),
    to: [MailboxAddress.parse('b@lab.test')],
    date: new Date('2026-11-22T07:00:00Z'),
    subject: SUBJECT,
    text: 'Доброе утро!\n',
    boundary: 'b'.repeat(20),
    attachments: [
      {
        fileName: 'a.bin',
        contentType: 'application/octet-stream',
        content: async function* () {
          yield new Uint8Array(99)
        },
      },
    ],
  })
  await put({ imap, mailbox }, letter)
}

async function all(mailbox: ImapMailbox): Promise<readonly FetchedLetter[]> {
  const items = {
    envelope: true,
    body: true,
    internalDate: true,
    sizeOctets: true,
    header: ['Subject'],
  } as const
  const letters: FetchedLetter[] = []
  for await (const letter of mailbox.fetch(SequenceSet.from(1), items)) letters.push(letter)
  return letters
}

async function found(searching: Promise<UidSet>): Promise<readonly number[]> {
  return [...(await searching).numbers()]
}

async function contentOf(
  mailbox: ImapMailbox,
  uid: number,
  piece?: { readonly offset: number; readonly octetCount: number },
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await mailbox.fetchSection(uid, piece === undefined ? {} : { piece }, (octets) => {
    pieces.push(octets.slice())
  })
  return new Uint8Array(Buffer.concat(pieces))
}
