import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  EmailAddressException,
  IllegalArgumentException,
  IllegalStateException,
} from '../../src/index.ts'
import {
  BinaryData,
  InternetMailAddress,
  InternetMailAttachments,
  InternetMailMessage,
  InternetMailMessageImportance,
  InternetMailMessageParseStatus,
  InternetMailTextProcessing,
  InternetMailTextType,
} from '../../src/internet-mail.ts'

const { Html } = InternetMailTextType
const utf8 = new TextEncoder()

function written(): InternetMailMessage {
  const message = new InternetMailMessage()
  message.senderName = 'Склад № 1'
  message.from = 'shop@example.org'
  message.to.add('office@example.org', 'Office')
  message.cc.add('cc@example.org')
  message.replyTo.add('answers@example.org')
  message.subject = 'Остатки'
  message.organization = 'Склады'
  message.categories = 'Обмен, Остатки'
  message.importance = InternetMailMessageImportance.Low
  message.requestReadReceipt = true
  message.deliveryReceiptAddresses.add('reports@example.org')
  message.texts.add('Всё на месте.')
  message.texts.add('<p>Всё на <b>месте</b>.</p>', Html)
  message.setField('X-Exchange', 'да')
  return message
}

async function sent(message: InternetMailMessage): Promise<InternetMailMessage> {
  const read = new InternetMailMessage()
  read.setSourceData(await message.getSourceData().readData())
  return read
}

describe('InternetMailMessage', () => {
  it('reads back as it was written', async () => {
    const read = await sent(written())

    assert.equal(read.subject, 'Остатки')
    assert.equal(read.senderName, 'Склад № 1')
    assert.equal(read.from?.address, 'shop@example.org')
    assert.deepEqual(read.to.map(String), ['Office <office@example.org>'])
    assert.deepEqual(read.cc.map(String), ['<cc@example.org>'])
    assert.deepEqual(read.replyTo.map(String), ['<answers@example.org>'])
    assert.equal(read.organization, 'Склады')
    assert.equal(read.categories, 'Обмен, Остатки')
    assert.equal(read.importance, InternetMailMessageImportance.Low)
    assert.equal(read.requestReadReceipt, true)
    assert.deepEqual(read.readReceiptAddresses.map(String), ['Склад № 1 <shop@example.org>'])
    assert.equal(read.requestDeliveryReceipt, false)
    assert.equal(read.getField('x-exchange'), 'да')
    assert.match(read.messageId, /^<.*@example\.org>$/)
    assert.deepEqual(
      read.texts.map(({ text, textType }) => [text.trimEnd(), textType.toString()]),
      [
        ['Всё на месте.', 'PlainText'],
        ['<p>Всё на <b>месте</b>.</p>', 'Html'],
      ],
    )
    assert.equal(read.parseStatus, InternetMailMessageParseStatus.ErrorsNotDetected)
    assert.equal(read.partial, false)
  })

  for (const name of ['Highest', 'High', 'Normal', 'Low', 'Lowest'] as const) {
    it(`tells importance in five steps: ${name}`, async () => {
      const message = written()
      message.importance = InternetMailMessageImportance[name]

      assert.equal((await sent(message)).importance, InternetMailMessageImportance[name])
    })
  }

  it('takes a field that is a property for that property, and adds any other', () => {
    const message = new InternetMailMessage()
    message.setField('From', 'a@example.org')
    message.setField('Cc', 'b@example.org, c@example.org')
    message.setField('Cc', 'd@example.org')
    message.setField('Subject', 'one')
    message.setField('subject', 'two')
    message.setField('X-Own', ['one', 'two'])
    message.setField('Importance', 'high')
    message.setField('Disposition-Notification-To', 'e@example.org')

    assert.equal(message.from?.address, 'a@example.org')
    assert.equal(message.cc.count(), 3)
    assert.equal(message.subject, 'two')
    assert.equal(message.getField('X-Own'), 'one')
    assert.equal(message.importance, InternetMailMessageImportance.High)
    assert.equal(message.requestReadReceipt, true)
    assert.equal(message.getField('X-None'), undefined)
    assert.throws(
      () => message.setField('X-Own', 'a\r\nBcc: x@example.org'),
      IllegalArgumentException,
    )
    assert.throws(() => message.setField('Cc', 'nobody'), EmailAddressException)
    assert.throws(() => (message.subject = 'a\nb'), IllegalArgumentException)
  })

  it('gives a letter as it was received until it is changed', async () => {
    const octets = utf8.encode(
      'Received: by mx; Sun, 22 Nov 2026 10:00:05 +0000\r\nFROM:  a@example.org\r\n' +
        'Date: Sun, 22 Nov 2026 13:00:00 +0300 (MSK)\r\nSubject: s\r\nMessage-ID: <1@example.org>\r\n\r\ntext\r\n',
    )
    const message = InternetMailMessage.received({ octets, isWhole: true, uids: ['1'] })

    assert.deepEqual(await message.getSourceData().readData(), octets)
    assert.equal(message.header, new TextDecoder().decode(octets).split('\r\n\r\n')[0])
    assert.deepEqual(message.postingDate, new Date('2026-11-22T10:00:00Z'))
    assert.equal(message.postingDateOffset, 10_800)
    assert.deepEqual(message.dateReceived, new Date('2026-11-22T10:00:05Z'))
    assert.equal(message.size, octets.length)
    assert.deepEqual(message.uid, ['1'])
    message.texts.get(0).text = 'other'
    assert.match(await message.getSourceText(), /^Date: .*\r\nFrom: a@example\.org\r\n.*other/s)
  })

  it('reads the source in the charset that it is said to be in', async () => {
    const octets = new Uint8Array([...utf8.encode('Subject: s\r\n\r\n'), 0xd2, 0xe5, 0xec, 0xe0])
    const message = InternetMailMessage.received({ octets, isWhole: true })

    assert.match(await message.getSourceText('windows-1251'), /Тема$/)
  })

  it('shows the header section of a letter that is too large to be read, and says so', () => {
    const octets = utf8.encode(`Subject: many\r\n${'X-Field: 1\r\n'.repeat(2000)}\r\ntext\r\n`)
    const message = InternetMailMessage.received({ octets, isWhole: true })

    assert.equal(message.subject, 'many')
    assert.equal(message.parseStatus, InternetMailMessageParseStatus.ErrorsDetected)
    assert.equal(message.texts.count(), 0)
    assert.throws(() => new InternetMailMessage().setSourceData(octets), IllegalArgumentException)
  })

  it('is sent with plain text beside the HTML, unless that is not wanted', async () => {
    const message = written()
    message.texts.clear()
    message.texts.add('<style>p {}</style><p>Цены:&nbsp;5&lt;6<br>Tea &amp;\r\n milk</p>', Html)
    const octetsOf = async (processing: InternetMailTextProcessing): Promise<string> => {
      const pieces: Uint8Array[] = []
      for await (const octets of message.prepare(processing).content) pieces.push(octets.slice())
      return Buffer.concat(pieces).toString()
    }

    assert.match(await octetsOf(InternetMailTextProcessing.Process), /multipart\/alternative/)
    assert.doesNotMatch(await octetsOf(InternetMailTextProcessing.DontProcess), /text\/plain/)
    assert.equal(message.texts.count(), 1)
    message.processTexts()
    assert.equal(message.texts.get(1).text, 'Цены:\u00a05<6\nTea & milk')
    message.processTexts()
    assert.equal(message.texts.count(), 2)
  })

  it('goes to everybody once, and is from somebody', () => {
    const message = written()
    message.bcc.add('OFFICE@example.org')
    message.bcc.add('office@EXAMPLE.org')

    assert.deepEqual(
      message.prepare().envelope.forwardPaths.map(({ addrSpec }) => addrSpec),
      ['office@example.org', 'cc@example.org', 'OFFICE@example.org'],
    )
    message.from = undefined
    assert.throws(() => message.prepare(), IllegalStateException)
    assert.throws(() => message.getSourceData(), IllegalStateException)
  })
})

describe('BinaryData', () => {
  it('of a file is not lost when it is written to that file, by whatever name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'obmen-internet-mail-'))
    try {
      const [path, other] = [join(folder, 'stock.csv'), join(folder, 'other.csv')]
      await writeFile(path, 'tea;5')
      await symlink(path, other)
      const data = new BinaryData(path)

      await data.write(path)
      await data.write(other)

      assert.equal(await readFile(path, 'utf8'), 'tea;5')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('InternetMailAttachments', () => {
  it('attach files, octets and letters, and give them back to be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'obmen-internet-mail-'))
    try {
      const path = join(folder, 'stock.csv')
      await writeFile(path, 'Чай;5')
      const inner = written()
      const message = written()
      message.attachments.add(path, 'Остатки.csv')
      message.attachments.add(new BinaryData(path))
      message.attachments.add(new Uint8Array([1, 2]), '../two.bin').mimeType = 'image/x-two'
      message.attachments.add(inner)

      const read = await sent(message)
      const [file, unnamed, two, letter] = read.attachments
      await file?.data.write(join(folder, 'copy.csv'))

      assert.equal(await readFile(join(folder, 'copy.csv'), 'utf8'), 'Чай;5')
      assert.equal(file?.name, 'Остатки.csv')
      assert.equal(file.mimeType, 'text/csv')
      assert.equal(file.data.size(), 8)
      assert.equal(unnamed?.mimeType, 'application/octet-stream')
      assert.deepEqual(
        [two?.name, two?.fileName, two?.mimeType],
        ['../two.bin', '../two.bin', 'image/x-two'],
      )
      const nested = new InternetMailMessage()
      nested.setSourceData(letter?.data ?? '')
      assert.equal(nested.subject, inner.subject)
      assert.throws(() => message.attachments.add(join(folder, 'none')), IllegalArgumentException)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('show what the HTML speaks of inside it, and list the rest', async () => {
    const message = written()
    message.texts.get(1).text = '<img src="cid:logo">'
    message.attachments.add(new Uint8Array([1]), 'logo.png').cid = 'logo'
    message.attachments.add(new Uint8Array([2]), 'other.png').cid = 'other'

    const source = await message.getSourceText()
    const read = await sent(message)

    assert.equal(source.match(/Content-Disposition: inline/g)?.length, 1)
    assert.equal(source.match(/Content-Disposition: attachment/g)?.length, 1)
    assert.deepEqual(
      read.attachments.map(({ cid }) => cid),
      ['logo', 'other'],
    )
  })

  it('keep the charset of a text that they came in', async () => {
    const message = written()
    const attachment = message.attachments.add(new Uint8Array([0xd2]), 'a.txt')
    attachment.encoding = 'windows-1251'

    const [read] = (await sent(message)).attachments

    assert.equal(read?.encoding, 'windows-1251')
    assert.deepEqual(await read.data.readData(), new Uint8Array([0xd2]))
  })

  it('are arrays with the names of the platform', () => {
    const attachments = new InternetMailAttachments()
    const one = attachments.add(new Uint8Array([1]), 'one')
    const two = attachments.add(new Uint8Array([2]), 'two')

    assert.equal(attachments[1], two)
    assert.equal(attachments.get(0), one)
    assert.equal(attachments.filter(({ name }) => name === 'one').constructor, Array)
    attachments.delete(one)
    attachments.delete(0)
    assert.equal(attachments.count(), 0)
    assert.throws(() => attachments.get(0), IllegalArgumentException)
    assert.throws(() => attachments.delete(two), IllegalArgumentException)
  })
})

describe('InternetMailAddress', () => {
  it('stays an address whatever is set', () => {
    const address = new InternetMailAddress('shop@example.org', 'Склад')
    address.displayName = 'Shop'
    address.address = 'other@example.com'

    assert.equal(String(address), 'Shop <other@example.com>')
    assert.deepEqual([address.user, address.server], ['other', 'example.com'])
    assert.throws(() => (address.address = 'x\r\n'), EmailAddressException)
    assert.throws(() => (address.displayName = 'x\r\ny'), EmailAddressException)
  })
})
