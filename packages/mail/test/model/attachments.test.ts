import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { Email, IllegalArgumentException, IllegalStateException } from '../../src/index.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'

function newEmail(): Email {
  return new Email('shop@example.org', 'office@example.org', 'Остатки')
}

function streamOf(text: string): Readable {
  return Readable.from([octetsOf(text)])
}

async function written(email: Email): Promise<string> {
  return textOf(await email.toBytes())
}

describe('a stream that is attached', () => {
  it('twice to one letter is refused when its second turn comes, and is no empty file', async () => {
    const stream = streamOf('stock')
    const email = newEmail()
    email.attachData(stream, 'a.txt')
    email.attachData(stream, 'b.txt')

    await assert.rejects(email.toBytes(), IllegalStateException)
  })

  it('to two letters is in one of them, and the other is not written', async () => {
    const stream = streamOf('stock')
    const [first, second] = [newEmail(), newEmail()]
    first.attachData(stream)
    const late = second.attachData(stream)

    assert.match(await written(first), /c3RvY2s=/)
    assert.ok(late.isUsedUp)
    await assert.rejects(second.toBytes(), IllegalStateException)
  })

  it('when it was read to its end by somebody else is used up', async () => {
    const stream = streamOf('stock')
    await stream.toArray()

    assert.ok(newEmail().attachData(stream).isUsedUp)
  })

  it('and fails before its turn fails the letter with its error, not the program', async () => {
    const stream = createReadStream(new URL('no-such-file', import.meta.url))
    const email = newEmail()
    email.attachData(stream)
    await new Promise((resolve) => stream.once('close', () => resolve(undefined)))

    await assert.rejects(email.toBytes(), { code: 'ENOENT' })
  })
})

describe('a letter that is attached', () => {
  it('to itself is the letter as it was', async () => {
    const email = newEmail().setTextAsString('text')
    email.attachEmail(email)
    email.attachEmail(email)

    const found = Email.fromBytes(await email.toBytes()).attachments
    assert.equal(found.length, 2)
    const inner = found.map(({ data }) => Email.fromBytes(data).attachments.length)
    assert.deepEqual(inner, [0, 1])
  })
})

describe('what is attached', () => {
  it('is octets, a text, a stream or a function, whoever calls', () => {
    for (const data of [null, undefined, 42, {}, []]) {
      const email = newEmail()
      assert.throws(() => Reflect.apply(email.attachData, email, [data]), IllegalArgumentException)
    }
  })
})
