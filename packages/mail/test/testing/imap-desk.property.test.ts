import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { readServerCommand } from '../../src/imap/read-server-command.ts'
import type { MailboxCommand } from '../../src/imap/server-command.ts'
import { Desk } from '../../src/testing/imap/desk.ts'
import { MailboxTree } from '../../src/testing/mailbox-tree.ts'

/** A client that believes what it is told, and nothing else (RFC 9051 §5.2, §7.4). */
class Believer {
  readonly #desk: Desk
  readonly #isToldByUid: boolean
  /** The letters by their numbers; of those that came it has the number first. */
  readonly #uids: (number | undefined)[] = []

  constructor(tree: MailboxTree, enabled: ReadonlySet<string>) {
    this.#isToldByUid = enabled.has('QRESYNC')
    this.#desk = new Desk({
      tree,
      session: { enabled, nameEncoding: 'modified-utf-7', tag: 'A' },
      capabilities: ['IMAP4rev1', 'IMAP4rev2'],
      sizeLimitOctets: 1_000,
      onNews: () => {},
    })
    this.say('SELECT INBOX')
    this.say('UID FETCH 1:* UID')
  }

  /** Says a command, believes the answer, and gives how it ended. */
  say(text: string): string {
    const framed = { texts: [octetsOf(`A ${text}`)], literals: [] }
    const read = readServerCommand(framed, 'modified-utf-7')
    assert.ok(read.kind === 'command', text)
    const { pieces, end } = this.#desk.execute(read.command as MailboxCommand)
    for (const piece of pieces) this.#believe(textOf(piece))
    // Who is told of letters by their unique ids has to know those of all (RFC 7162 §3.2.10).
    if (this.#isToldByUid && this.#uids.includes(undefined)) this.say('UID FETCH 1:* UID')
    return end.status
  }

  /** What it has been told that there is. */
  view(): readonly (number | undefined)[] {
    this.say('NOOP')
    this.say('UID FETCH 1:* UID')
    return this.#uids
  }

  #believe(line: string): void {
    const [, number = '', kind = ''] = /^\* (\d+) ([A-Z]+)/.exec(line) ?? []
    const count = Number(number)
    if (kind === 'EXISTS') {
      assert.ok(count > this.#uids.length, 'EXISTS only tells of letters that have come')
      while (this.#uids.length < count) this.#uids.push(undefined)
    }
    if (kind === 'EXPUNGE') {
      assert.ok(count >= 1 && count <= this.#uids.length, line)
      this.#uids.splice(count - 1, 1)
    }
    if (kind === 'FETCH') this.#learn(count - 1, Number(/UID (\d+)/.exec(line)?.[1]))
    const vanished = /^\* VANISHED (\S+)/.exec(line)?.[1]?.split(',') ?? []
    for (const range of vanished) this.#forget(range.split(':').map(Number))
  }

  #learn(index: number, uid: number): void {
    assert.ok(index < this.#uids.length, 'a letter has a number that there is')
    const known = this.#uids[index]
    assert.ok(known === undefined || known === uid, `${index + 1} was ${known}, and now is ${uid}`)
    this.#uids[index] = uid
  }

  #forget([first = 0, last = first]: readonly number[]): void {
    for (let uid = first; uid <= last; uid++) {
      const index = this.#uids.indexOf(uid)
      assert.ok(index >= 0, `${uid} vanished, and was not known`)
      this.#uids.splice(index, 1)
    }
  }
}

const COMMANDS = [
  'NOOP',
  'FETCH 1:* (UID FLAGS)',
  'FETCH 2 (UID BODY[])',
  'UID FETCH 1:5 FLAGS',
  'STORE 1 +FLAGS (\\Deleted)',
  'STORE 2:3 -FLAGS (\\Deleted)',
  'UID STORE 1:3 FLAGS.SILENT (\\Deleted \\Seen)',
  'EXPUNGE',
  'UID EXPUNGE 2:*',
  'COPY 1 INBOX',
  'UID COPY 1:* Sent',
  'MOVE 1 Sent',
  'UID MOVE 3:4 INBOX',
  'UID SEARCH SEEN',
  'SEARCH NOT DELETED',
] as const

/** Who does what next: one of two clients, a server that delivers, or a POP3 client that removes the first letter. */
const act = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(...COMMANDS)) },
  { weight: 2, arbitrary: fc.constant('deliver' as const) },
  { weight: 1, arbitrary: fc.constant('remove' as const) },
)

describe('Two IMAP sessions in one mailbox', () => {
  for (const enabled of [[], ['CONDSTORE', 'QRESYNC']]) {
    const name = enabled.length === 0 ? 'by their numbers' : 'by their unique ids'
    it(`are never told anything false, and in the end the same, of letters that go ${name}`, () => {
      fc.assert(
        fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
          const quota = { limitOctets: Infinity, usedOctets: 0 }
          const tree = new MailboxTree({ address: 'a@b.example', quota, now: () => new Date(0) })
          const { inbox } = tree
          for (let count = 0; count < 3; count++) inbox.put('Subject: x\r\n\r\nx\r\n')
          const clients = [0, 1].map(() => new Believer(tree, new Set(enabled)))
          for (const step of acts) {
            if (step === 'deliver') inbox.put('Subject: y\r\n\r\ny\r\n')
            else if (step === 'remove') inbox.remove(inbox.uids()[0] ?? 0)
            else clients[step[0]]?.say(step[1])
          }

          for (const client of clients) assert.deepEqual(client.view(), inbox.uids())
        }),
        { numRuns: 100 },
      )
    })
  }
})
