import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import {
  Email,
  EmailTextKind,
  IllegalArgumentException,
  IllegalStateException,
} from '../../src/index.ts'
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

  it('from an address that is not ASCII asks nothing more of the server', async () => {
    const inner = new Email('склад@пример.рф', 'office@example.org', 'x').setTextAsString('text')
    const outer = newEmail()
    outer.attachEmail(inner)

    const { content } = outer.prepare()
    const [found] = Email.fromBytes(await outer.toBytes()).attachments

    assert.deepEqual([content.body, content.needsSmtpUtf8], ['7BIT', false])
    assert.equal(found?.contentType, 'message/global')
    assert.equal(found.transferEncoding, 'base64')
    assert.equal(Email.fromBytes(found.data).sender?.address, 'склад@пример.рф')
  })

  it('and has such an address stays what it is when it is sent again', async () => {
    const inner = new Email('склад@пример.рф', 'office@example.org', 'x').setTextAsString('text')
    const outer = newEmail()
    outer.attachEmail(inner)
    const again = Email.fromBytes(await Email.fromBytes(await outer.toBytes()).toBytes())

    assert.equal(again.attachments[0]?.contentType, 'message/global')
  })
})

describe('a letter from a disk', () => {
  const LETTER = 'From: a@b.test\nSubject: x\n\nтекст\n'

  it('is attached with the line ends that letters have, so that every server takes it', async () => {
    const email = newEmail()
    email.attachData(octetsOf(LETTER), 'x.eml', 'message/rfc822')
    email.attachData(octetsOf('Subject: y\r\rold\r'), 'y.eml', 'message/rfc822')

    assert.equal(email.prepare().content.body, '8BITMIME')
    const [x, y] = Email.fromBytes(await email.toBytes()).attachments
    assert.equal(textOf(x?.data ?? octetsOf('')), LETTER.replaceAll('\n', '\r\n'))
    assert.equal(textOf(y?.data ?? octetsOf('')), 'Subject: y\r\n\r\nold\r\n')
  })

  it('that comes as a stream may be in any script', async () => {
    const email = newEmail()
    email.attachData(() => streamOf(LETTER.replaceAll('\n', '\r\n')), 'x.eml', 'message/rfc822')

    assert.equal(email.prepare().content.body, '8BITMIME')
    assert.match(await written(email), /Content-Transfer-Encoding: 8bit/)
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

describe('the content type of an attachment', () => {
  it('says of a text what charset it is in', async () => {
    const email = newEmail()
    email.attachData('на утро', 'остатки.csv')
    email.attachData('на утро', 'stock.txt', 'text/plain; charset=windows-1251')
    email.attachData('{}', 'stock.json')

    const letter = await written(email)
    assert.match(letter, /Content-Type: text\/csv; charset=utf-8;/)
    assert.match(letter, /Content-Type: text\/plain; charset=windows-1251; name=stock.txt\r\n/)
    assert.match(letter, /Content-Type: application\/json; name=stock.json\r\n/)
    const texts = Email.fromBytes(octetsOf(letter)).attachments.map(({ data }) => data)
    assert.deepEqual(texts.slice(0, 2), [
      octetsOf('на утро'),
      new Uint8Array([0xed, 0xe0, 0x20, 0xf3, 0xf2, 0xf0, 0xee]),
    ])
  })

  it('goes on with its parameters when a letter is sent on', async () => {
    const received = Email.fromBytes(
      octetsOf(
        'From: a@b.test\r\nContent-Type: text/csv; charset=koi8-r; name=old.csv; header=present;\r\n x*y*z=1\r\n' +
          'Content-Disposition: attachment; filename=new.csv\r\n\r\nx\r\n',
      ),
    )

    const letter = await written(received)
    assert.match(letter, /text\/csv; charset=koi8-r; header=present; name=new.csv\r\n/)
  })

  it('is refused when a parameter is none', () => {
    for (const type of [
      'text/csv; charset',
      'text/csv; =x',
      'text/csv; a*b*=x',
      ';charset=utf-8',
    ]) {
      assert.throws(() => newEmail().attachData('x', 'a.csv', type), IllegalArgumentException, type)
    }
    assert.throws(
      () => newEmail().attachData('ж', 'a.csv', 'text/csv; charset=latin1'),
      IllegalArgumentException,
    )
  })
})

describe('a text that is neither the plain one nor the HTML', () => {
  it('says what charset it is in', async () => {
    const email = newEmail().setTextAsString('<bold>Ёлка</bold>', EmailTextKind.RichText)
    assert.match(await written(email), /Content-Type: text\/enriched; charset=utf-8\r\n/)

    const [part] = Email.fromBytes(await email.toBytes()).getText()
    assert.deepEqual([part?.text.trimEnd(), part?.textKind], ['<bold>Ёлка</bold>', 'text/enriched'])
  })
})
