import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import {
  Email,
  EmailTextKind,
  IllegalStateException,
  ImapConnectionParameters,
  SmtpClient,
  SmtpConnectionParameters,
  type SendingProgress,
} from '../../src/index.ts'
import { Aborted, AuthenticationFailed, SmtpCapabilityMissing } from '../../src/errors.ts'
import { readDkimKey } from '../../src/dkim.ts'
import { textOf } from '../../src/base/octets.ts'
import {
  letters,
  OFFICE,
  OTHER,
  parametersOf,
  PASSWORD,
  refusal,
  SHOP,
  startHost,
} from './sending-world.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('sending one letter', () => {
  it('brings it to everybody, and shows nobody who got it in Bcc', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, SHOP, 'Остатки')
      .addCcRecipients(OFFICE)
      .addBccRecipients([OTHER, SHOP])
      .setTextAsString('на утро')

    await SmtpClient.send(parametersOf(host, PASSWORD), email)

    for (const address of [OFFICE, SHOP, OTHER]) {
      const [letter = '', ...more] = letters(host, address)
      assert.deepEqual(more, [])
      assert.doesNotMatch(letter, /^bcc:|other@/im)
      assert.match(letter, /^Message-ID: <[-0-9a-f]{36}@example\.org>\r$/m)
    }
  })

  it('makes a new identifier each time, unless it has one', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, SHOP)

    await SmtpClient.send(parametersOf(host), email)
    await SmtpClient.send(parametersOf(host), email)
    email.messageId = 'mine@example.org'
    await SmtpClient.send(parametersOf(host), email)

    const ids = host
      .mailbox(SHOP)
      .letters()
      .map(({ octets }) => Email.fromBytes(octets).messageId)
    assert.equal(new Set(ids).size, 3)
    assert.equal(ids[2], '<mine@example.org>')
  })

  it('is a failure when one recipient is refused, which says who and why', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, [SHOP, 'nobody@example.org'])

    const exception = await refusal(SmtpClient.send(parametersOf(host), email))

    assert.equal(exception.code, 'EMAIL_NOT_SENT')
    assert.equal(exception.outcome, 'partial')
    assert.deepEqual(exception.rejectedRecipients, ['nobody@example.org'])
    assert.deepEqual(
      exception.recipients.map(({ kind }) => kind),
      ['accepted', 'rejected'],
    )
    assert.deepEqual([exception.smtpCode, exception.enhancedCode], [550, '5.1.1'])
    assert.match(exception.message, /1 of 2 recipients: <nobody@example\.org> 550 5\.1\.1/)
    assert.equal(exception.transient, false)
    assert.equal(letters(host, SHOP).length, 1)
  })

  it('may succeed later when the server says so', async () => {
    await using host = await startHost({
      onLetter: () => ({ kind: 'refuse', code: 451, text: '4.3.0 later' }),
    })

    const exception = await refusal(SmtpClient.send(parametersOf(host), new Email(OFFICE, SHOP)))

    assert.deepEqual([exception.outcome, exception.transient], ['refused', true])
    assert.equal(exception.response, '451 4.3.0 later')
  })

  it('says that it may have arrived when the connection broke after the content', async () => {
    await using host = await startHost({
      onLetter: () => ({ kind: 'disconnect', isStored: true }),
    })

    const exception = await refusal(SmtpClient.send(parametersOf(host), new Email(OFFICE, SHOP)))

    assert.equal(exception.outcome, 'unknown')
    assert.match(exception.message, /may or may not have arrived/)
    assert.match(exception.hint ?? '', /messageId/)
    assert.equal(letters(host, SHOP).length, 1)
  })

  it('tells a wrong password, and shows it nowhere', async () => {
    await using host = await startHost()
    const log: string[] = []

    const exception = await refusal(
      SmtpClient.send(parametersOf(host, 'wrong-password'), new Email(OFFICE, SHOP), {
        log: (line) => log.push(line),
      }),
    )

    assert.ok(exception.cause instanceof AuthenticationFailed)
    assert.equal(exception.outcome, 'failed')
    assert.doesNotMatch(inspect(exception, { depth: 9 }) + log.join('\n'), /wrong-password/)
  })

  it('sends no password to a server without STARTTLS, unless both ways to TLS are off', async () => {
    await using host = await startHost()
    const parameters = parametersOf(host, PASSWORD)
    parameters.allowStartTls = true

    const exception = await refusal(SmtpClient.send(parameters, new Email(OFFICE, SHOP)))

    assert.match(exception.message, /STARTTLS/)
    assert.equal(letters(host, SHOP).length, 0)
  })

  it('is refused before anything is sent when the letter lacks something', async () => {
    const parameters = new SmtpConnectionParameters({ server: '127.0.0.1', port: 1 })

    await assert.rejects(
      SmtpClient.send(parameters, new Email({ recipients: SHOP })),
      IllegalStateException,
    )
    await assert.rejects(SmtpClient.send(parameters, new Email(OFFICE)), IllegalStateException)
  })

  for (const { name, given } of [
    { name: 'no letter', given: { to: SHOP } },
    { name: 'nothing', given: undefined },
    { name: 'something among letters that is none', given: [new Email(OFFICE, SHOP), SHOP] },
    { name: 'a hole among letters', given: [new Email(OFFICE, SHOP), undefined] },
    { name: 'letters in a set', given: new Set([new Email(OFFICE, SHOP)]) },
  ]) {
    it(`does not succeed with ${name}, where nobody writes types`, async () => {
      const parameters = new SmtpConnectionParameters('127.0.0.1')
      const sending = Reflect.apply(SmtpClient.send, SmtpClient, [parameters, given])

      await assert.rejects(Promise.resolve(sending), {
        name: 'IllegalArgumentException',
        message: 'what is to be sent is no Email, and no array of them',
      })
    })
  }

  for (const { name, parameters } of [
    { name: 'the name of a server', parameters: 'smtp.example.org' },
    { name: 'parameters of IMAP', parameters: new ImapConnectionParameters('127.0.0.1') },
  ]) {
    it(`says so when it is given ${name} instead of parameters of SMTP`, async () => {
      const email = new Email(OFFICE, SHOP)
      const sending = Reflect.apply(SmtpClient.send, SmtpClient, [parameters, email])

      await assert.rejects(Promise.resolve(sending), {
        name: 'IllegalArgumentException',
        message: 'the connection parameters are no SmtpConnectionParameters',
      })
    })
  }

  it('tells how far it has come', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, SHOP)
    email.attachData(new Uint8Array(100_000), 'zeros.bin')
    const seen: SendingProgress[] = []

    await SmtpClient.send(parametersOf(host), email, {
      onProgress: (progress) => seen.push(progress),
    })

    const last = seen.at(-1)
    assert.equal(last?.message, email)
    assert.equal(last?.sentOctets, last?.totalOctets)
    assert.ok((last?.sentOctets ?? 0) > 130_000)
  })

  it('can be done once with a stream, and any number of times with a function', async () => {
    await using host = await startHost()
    const parameters = parametersOf(host)
    const once = new Email(OFFICE, SHOP)
    const attachment = once.attachData(Readable.from([Buffer.from('abc')]), 'a.bin')
    const often = new Email(OFFICE, SHOP)
    often.attachData(() => ReadableStream.from([new Uint8Array([1])]), 'b.bin')

    await SmtpClient.send(parameters, once)
    await assert.rejects(SmtpClient.send(parameters, once), IllegalStateException)
    await SmtpClient.send(parameters, often)
    await SmtpClient.send(parameters, often)

    assert.equal(attachment.isUsedUp, true)
    assert.equal(letters(host, SHOP).length, 3)
    const [result] = await SmtpClient.send(parameters, [once])
    assert.ok(result?.exception?.cause instanceof IllegalStateException)
  })
})

describe('asking more of the servers than delivery', () => {
  it('says with the envelope when to report, and what the letter is called', async () => {
    let asked: readonly (string | undefined)[] = []
    await using host = await startHost({
      onLetter: ({ mailParameters, rcptParameters: [first] }) => {
        asked = [mailParameters.get('ENVID'), mailParameters.get('RET'), first?.get('NOTIFY')]
        return { kind: 'deliver' }
      },
    })
    const delivery = {
      notify: ['success', 'failure'],
      returnContent: 'headers',
      envelopeId: 'N-7',
    } as const

    await SmtpClient.send(parametersOf(host), new Email(OFFICE, SHOP), { delivery })

    assert.deepEqual(asked, ['N-7', 'HDRS', 'SUCCESS,FAILURE'])
  })

  it('sends nothing to a server that has no such extension', async () => {
    await using host = await startHost()
    const sending = SmtpClient.send(parametersOf(host), new Email(OFFICE, SHOP), {
      delivery: { priority: 3 },
    })

    const { cause } = await refusal(sending)

    assert.ok(cause instanceof SmtpCapabilityMissing)
    assert.equal(letters(host, SHOP).length, 0)
  })
})

describe('signing what is sent', () => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const dkim = readDkimKey({ domain: 'example.org', selector: 's', privateKey })

  it('puts a signature of the letter ahead of it', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, SHOP, 'Тема').setTextAsString('text')

    await SmtpClient.send(parametersOf(host), email, { dkim })

    assert.match(letters(host, SHOP)[0] ?? '', /^DKIM-Signature: v=1; a=ed25519-sha256;/m)
  })

  it('says so when a letter can not be read twice', async () => {
    await using host = await startHost()
    const email = new Email(OFFICE, SHOP)
    email.attachData(Readable.from([Buffer.alloc(2_000_000)]), 'a.bin')

    const exception = await refusal(SmtpClient.send(parametersOf(host), email, { dkim }))

    assert.ok(exception.cause instanceof IllegalStateException)
    assert.equal(letters(host, SHOP).length, 0)
  })
})

describe('giving up a letter that is being signed', () => {
  it('S26 ends at once although an attachment never comes', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const dkim = readDkimKey({
      domain: 'example.org',
      selector: 's',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    })
    await using host = await startHost()
    const controller = new AbortController()
    const email = new Email(OFFICE, SHOP)
    email.attachData(async function* (): AsyncGenerator<Uint8Array> {
      controller.abort()
      yield await new Promise<Uint8Array>(() => undefined)
    })

    const { signal } = controller
    const exception = await refusal(SmtpClient.send(parametersOf(host), email, { dkim, signal }))

    assert.ok(exception.cause instanceof Aborted)
    assert.equal(exception.outcome, 'failed')
  })
})

describe('what a letter is made of', () => {
  it('arrives: texts, an image in the HTML, files, another letter', async () => {
    await using host = await startHost()
    const attached = new Email(SHOP, OFFICE, 'внутри').setTextAsString('внутреннее')
    const email = new Email(OFFICE, SHOP, 'снаружи')
    email.setTextAsString('Логотип').addText('<img src="cid:logo">', EmailTextKind.Html)
    email.attachData(new Uint8Array([1, 2, 3]), {
      name: 'лого.png',
      id: 'logo',
      isInline: true,
    })
    email.attachFile(import.meta.filename)
    email.attachEmail(attached)

    await SmtpClient.send(parametersOf(host), email)

    const [letter] = host.mailbox(SHOP).letters()
    const received = Email.fromBytes(letter?.octets ?? new Uint8Array())
    const [logo, file, inner] = received.attachments
    assert.equal(received.getTextAsString().trimEnd(), '<img src="cid:logo">')
    assert.deepEqual(
      [logo?.name, logo?.contentType, logo?.id, logo?.isInline],
      ['лого.png', 'image/png', 'logo', true],
    )
    assert.deepEqual(logo?.data, new Uint8Array([1, 2, 3]))
    assert.equal(file?.name, 'smtp-client.test.ts')
    assert.equal(
      textOf(file?.data ?? new Uint8Array()),
      textOf(email.attachments[1]?.data ?? new Uint8Array()),
    )
    assert.equal(inner?.contentType, 'message/rfc822')
    assert.equal(Email.fromBytes(inner?.data ?? new Uint8Array()).subject, 'внутри')
    assert.equal(received.hasBodyParsingErrors, false)
  })
})
