import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Pop3ResponseRejected } from '../../src/errors.ts'
import { parseHeaderSection } from '../../src/mime.ts'
import { type MailServer, openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabMailbox,
  mailboxAt,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, type Letter, newLetter, send, senderAt } from '../letters.ts'
import {
  assertSameLetter,
  awaitLetters,
  deleteLetters,
  presentLetters,
  readLetter,
} from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** A number that no maildrop here comes near. */
const NO_SUCH_LETTER = 999_999

/** A mailbox, and how to put letters there. */
interface Post {
  readonly server: MailServer
  readonly mailbox: LabMailbox
  deliver(count: number): Promise<readonly Letter[]>
}

export function describePop3Maildrop(laboratory: Laboratory): void {
  describe('POP3 maildrop', { timeout: TIMEOUT_MS }, () => {
    for (const [id, post] of posts(laboratory)) {
      it(`gives letters back as they were sent: ${id}`, async () => {
        const letters = await post.deliver(3)
        const found = await awaitLetters(post.server, letters)

        for (const [index, letter] of letters.entries()) {
          assertSameLetter(await readLetter(found.maildrop, found.numbers[index] ?? 0), letter)
        }
        await deleteLetters(found)
      })

      it(`counts and lists the same letters: ${id}`, async () => {
        const letters = await post.deliver(2)
        const found = await awaitLetters(post.server, letters)
        const { maildrop, numbers } = found

        const { count, octets } = await maildrop.stat()
        const sizes = await maildrop.list()
        const uniqueIds = await maildrop.uniqueIds()

        assert.equal(sizes.size, count)
        assert.equal(
          [...sizes.values()].reduce((sum, size) => sum + size, 0),
          octets,
        )
        assert.deepEqual([...(uniqueIds?.keys() ?? [])], [...sizes.keys()])
        assert.equal(new Set(uniqueIds?.values()).size, count)
        assert.ok(numbers.every((number) => (sizes.get(number) ?? 0) > 3_001))
        await deleteLetters(found)
      })

      it(`shows the top of a letter: ${id}`, async () => {
        const [letter] = await post.deliver(1)
        assert.ok(letter)
        const found = await awaitLetters(post.server, [letter])
        const [number = 0] = found.numbers

        const { octets } = await readLetter(found.maildrop, number)
        const header = await found.maildrop.top(number, 0)
        const beginning = await found.maildrop.top(number, 5)

        assert.equal(parseHeaderSection(header).first('Subject'), letter.subject)
        assert.equal(bodyLines(header), 0)
        assert.equal(bodyLines(beginning), 5)
        assert.ok(Buffer.from(octets).includes(Buffer.from(beginning)))
        await deleteLetters(found)
      })

      it(`knows a letter by the same unique id in the next session: ${id}`, async () => {
        const [letter] = await post.deliver(1)
        assert.ok(letter)
        const first = await awaitLetters(post.server, [letter])
        const idBefore = (await first.maildrop.uniqueIds())?.get(first.numbers[0] ?? 0)
        await first.maildrop.close()

        const second = await awaitLetters(post.server, [letter])
        const idAfter = (await second.maildrop.uniqueIds())?.get(second.numbers[0] ?? 0)
        await deleteLetters(second)

        assert.ok(idBefore)
        assert.equal(idAfter, idBefore)
      })
    }
  })
}

export function describePop3Deletion(laboratory: Laboratory): void {
  describe('POP3 deletion', { timeout: TIMEOUT_MS }, () => {
    for (const [id, post] of posts(laboratory)) {
      it(`happens when the maildrop is closed: ${id}`, async () => {
        const letters = await post.deliver(2)
        const [first, second] = letters
        assert.ok(first && second)
        const { maildrop, numbers } = await awaitLetters(post.server, letters)

        await maildrop.delete(numbers[0] ?? 0)
        await maildrop.close()

        assert.deepEqual(await presentLetters(post.server, letters), [second.messageId])
        await deleteLetters(await awaitLetters(post.server, [second]))
      })

      it(`does not happen when the maildrop is abandoned: ${id}`, async () => {
        const letters = await post.deliver(1)
        const { maildrop, numbers } = await awaitLetters(post.server, letters)

        await maildrop.delete(numbers[0] ?? 0)
        maildrop.abandon()

        await deleteLetters(await awaitLetters(post.server, letters))
        assert.deepEqual(await presentLetters(post.server, letters), [])
      })

      it(`is taken back by a reset: ${id}`, async () => {
        const letters = await post.deliver(1)
        const { maildrop, numbers } = await awaitLetters(post.server, letters)
        const [number = 0] = numbers
        const before = await maildrop.stat()

        await maildrop.delete(number)
        const marked = await maildrop.stat()
        await assert.rejects(maildrop.top(number, 0), Pop3ResponseRejected)
        await maildrop.reset()
        const after = await maildrop.stat()
        await maildrop.close()

        assert.equal(marked.count, before.count - 1)
        assert.deepEqual(after, before)
        await deleteLetters(await awaitLetters(post.server, letters))
      })

      it(`of a letter that does not exist is refused, and the session goes on: ${id}`, async () => {
        const letters = await post.deliver(1)
        const found = await awaitLetters(post.server, letters)

        await assert.rejects(found.maildrop.delete(NO_SUCH_LETTER), Pop3ResponseRejected)
        const ignore = (): void => undefined
        await assert.rejects(found.maildrop.retrieve(NO_SUCH_LETTER, ignore), Pop3ResponseRejected)

        await deleteLetters(found)
      })
    }
  })
}

/** A port's id, and its mailbox of the second user: the first one's is in use by whoever tests whole exchanges. */
function posts(laboratory: Laboratory): readonly (readonly [id: string, post: Post])[] {
  const [sender, receiver] = laboratory.users
  const [smtp] = sendingPorts(laboratory)
  assert.ok(sender && receiver && smtp)
  return passwordPorts(laboratory, 'pop3').flatMap((port) => {
    const mailbox = mailboxAt(port, receiver)
    if (mailbox === undefined) return []
    const deliver = async (count: number): Promise<readonly Letter[]> => {
      const letters = Array.from({ length: count }, () =>
        newLetter(sender.address, mailbox.address),
      )
      const envelope = envelopeOf(sender.address, mailbox.address)
      await using connection = await openSmtp(senderAt(laboratory, smtp), BOUNDED)
      for (const letter of letters) {
        assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
      }
      return letters
    }
    return [[port.id, { server: toMailServer(laboratory, port, mailbox), mailbox, deliver }]]
  })
}

/** How many lines there are below the header section. */
function bodyLines(octets: Uint8Array): number {
  const text = Buffer.from(octets).toString('latin1')
  const body = text.slice(text.indexOf('\r\n\r\n') + '\r\n\r\n'.length)
  return body.split('\r\n').length - 1
}
