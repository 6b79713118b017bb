import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { SUBJECT_PREFIX } from '@obmen/exchange'
import { DeliveryRefused } from '@obmen/exchange/errors'
import { MailTransport } from '@obmen/exchange/mail'
import { MailboxAddress } from '@obmen/mail/mime'
import { type ProtocolLog, Secret } from '@obmen/mail/pop3'
import { type Mailbox, type MailHostOptions, startMailHost } from '@obmen/mail/testing'

import { ADDRESS, fetchText, OFFICE, outgoing, PASSWORD, PLAN, SHOP, UUID } from './messages.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

interface Post {
  readonly mailbox: Mailbox
  readonly sender: MailTransport
  readonly receiver: MailTransport
}

/** A mail host, and two nodes at it. */
async function openPost(
  t: TestContext,
  options: Partial<MailHostOptions> & { readonly log?: ProtocolLog } = {},
): Promise<Post> {
  const accounts = [{ address: ADDRESS, password: PASSWORD }]
  const host = await startMailHost({ accounts, ...options })
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const open = (thisNode: typeof OFFICE): MailTransport => {
    let foreign: ReadonlySet<string> = new Set()
    return new MailTransport({
      plan: { name: PLAN, thisNode },
      address: MailboxAddress.parse(ADDRESS),
      smtp: { ...host.smtp, tls: 'none', credentials },
      pop3: { ...host.pop3, tls: 'none', credentials },
      subjectPrefix: SUBJECT_PREFIX,
      ...(options.log && { log: options.log }),
      foreignLetters: {
        all: () => foreign,
        replace: (ids) => {
          foreign = ids
        },
      },
    })
  }
  const post = { mailbox: host.mailbox(ADDRESS), sender: open(OFFICE), receiver: open(SHOP) }
  t.after(async () => {
    await post.sender.close()
    await post.receiver.close()
    await host.close()
  })
  return post
}

const HUGE_HEADS = [
  { name: 'with an endless header line', letter: `X: ${'x'.repeat(70_000)}\r\n\r\nhi\r\n` },
  {
    name: 'with an endless header section',
    letter: `${`X: ${'x'.repeat(900)}\r\n`.repeat(1300)}\r\nhi\r\n`,
  },
]

describe('a letter whose head can not be read', () => {
  for (const { name, letter } of HUGE_HEADS) {
    it(`${name} keeps no other one from being received, and is told once`, async (t) => {
      const { mailbox, sender, receiver } = await openPost(t)
      mailbox.put(letter)
      await sender.deliver(outgoing(1))

      const inbox = await receiver.openInbox()
      const waiting = await inbox.waiting()
      await inbox.close()
      const again = await receiver.openInbox()
      const waitingAgain = await again.waiting()
      await again.close()

      assert.deepEqual([waiting.length, waitingAgain.length], [1, 1])
      assert.deepEqual(
        inbox.unreadable?.map((error) => error.name),
        ['LimitExceeded'],
      )
      assert.deepEqual(again.unreadable, [])
      assert.equal(mailbox.letters().length, 2)
    })
  }

  const refusals = [
    {
      name: 'is told once when the server refuses it for good',
      reply: '-ERR broken',
      times: [1, 0],
    },
    { name: 'is tried again after trouble', reply: '-ERR [SYS/TEMP] busy', times: [1, 1] },
  ]
  for (const { name, reply, times } of refusals) {
    it(name, async (t) => {
      const { mailbox, sender, receiver } = await openPost(t, {
        onCommand: (_, line) => (line.startsWith('TOP 1 ') ? { reply } : 'proceed'),
      })
      mailbox.put('Subject: hello\r\n\r\nhi\r\n')
      await sender.deliver(outgoing(1))

      const told: (number | undefined)[] = []
      for (let look = 0; look < 2; look += 1) {
        const inbox = await receiver.openInbox()
        assert.equal((await inbox.waiting()).length, 1)
        told.push(inbox.unreadable?.length)
        await inbox.close()
      }

      assert.deepEqual(told, times)
    })
  }

  it('is no excuse for a connection that breaks', async (t) => {
    const { mailbox, receiver } = await openPost(t, {
      onCommand: (_, line) => (line.startsWith('TOP') ? 'disconnect' : 'proceed'),
    })
    mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    const inbox = await receiver.openInbox()

    await assert.rejects(inbox.waiting(), { code: 'CONNECTION_LOST' })
  })
})

/** A server as of 1996, which has what RFC 1939 requires. */
const OLD_SERVER: Pick<MailHostOptions, 'onCommand'> = {
  onCommand: (protocol, line) =>
    protocol === 'pop3' && /^(?:CAPA|TOP|UIDL|AUTH)/.test(line)
      ? { reply: '-ERR what is that?' }
      : 'proceed',
}

describe('a maildrop without TOP and UIDL', () => {
  it('is read whole, and gives the messages that are in it', async (t) => {
    const { mailbox, sender, receiver } = await openPost(t, OLD_SERVER)
    mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    await sender.deliver(outgoing(1))
    mailbox.put(`Subject: last\r\n\r\n${'x'.repeat(300_000)}\r\n`)

    const inbox = await receiver.openInbox()
    const [message, ...others] = await inbox.waiting()
    assert.ok(message)
    assert.deepEqual(others, [])
    assert.equal(await fetchText(inbox, message), 'the octets of a message')
    await inbox.remove(message)
    await inbox.close()

    assert.deepEqual(inbox.unreadable, [])
    assert.equal(mailbox.letters().length, 2)
  })
})

describe('a maildrop that does not say that it has TOP', () => {
  it('is read by TOP all the same, also when one letter is refused', async (t) => {
    let retrieved = 0
    const { mailbox, receiver } = await openPost(t, {
      onCommand: (_, line) => {
        if (line.startsWith('RETR')) retrieved += 1
        return line === 'CAPA' || line === 'TOP 2 0' ? { reply: '-ERR no' } : 'proceed'
      },
    })
    for (let count = 0; count < 4; count += 1) mailbox.put('Subject: hello\r\n\r\nhi\r\n')

    const inbox = await receiver.openInbox()
    assert.deepEqual(await inbox.waiting(), [])
    await inbox.close()

    assert.equal(inbox.unreadable?.length, 1)
    assert.equal(retrieved, 0)
  })
})

describe('a letter without a unique id', () => {
  it('is looked at like any other, and every time', async (t) => {
    const { mailbox, sender, receiver } = await openPost(t, {
      onCommand: (_, line) =>
        line === 'UIDL' ? { reply: '+OK\r\n1 own\r\n2\r\n3\r\n.' } : 'proceed',
    })
    for (let count = 0; count < 2; count += 1) mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    await sender.deliver(outgoing(1))

    for (let look = 0; look < 2; look += 1) {
      const inbox = await receiver.openInbox()
      assert.equal((await inbox.waiting()).length, 1)
      await inbox.close()
    }
  })
})

describe('letters that share a unique id', () => {
  it('are told apart, and none is remembered as foreign', async (t) => {
    const { mailbox, sender, receiver } = await openPost(t, {
      onCommand: (_, line) =>
        line === 'UIDL' ? { reply: '+OK\r\n1 same\r\n2 same\r\n3 own\r\n.' } : 'proceed',
    })
    mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    await sender.deliver(outgoing(1))
    mailbox.put('Subject: bye\r\n\r\nhi\r\n')

    for (let look = 0; look < 2; look += 1) {
      const inbox = await receiver.openInbox()
      assert.equal((await inbox.waiting()).length, 1)
      await inbox.close()
    }
  })
})

describe('a message that the server does not give', () => {
  for (const { reply, code } of [
    { reply: '-ERR it is broken', code: 'MESSAGE_DAMAGED' },
    { reply: '-ERR [SYS/TEMP] not now', code: 'POP3_RESPONSE_REJECTED' },
  ]) {
    it(`is ${code} when it says ${reply}, and the next one is received`, async (t) => {
      const { sender, receiver } = await openPost(t, {
        onCommand: (_, line) => (line === 'RETR 1' ? { reply } : 'proceed'),
      })
      await sender.deliver(outgoing(1))
      await sender.deliver(outgoing(2))
      const inbox = await receiver.openInbox()
      const [refused, next] = await inbox.waiting()
      assert.ok(refused && next)

      await assert.rejects(fetchText(inbox, refused), { code })
      assert.equal(await fetchText(inbox, next), 'the octets of a message')
      await inbox.close()
    })
  }
})

describe('a mailbox of a person', () => {
  it('is looked through in a few round trips, however many letters are in it, and once', async (t) => {
    const sides: string[] = []
    const { mailbox, sender, receiver } = await openPost(t, {
      log: (line) => {
        const side = line.slice(0, 1)
        if (sides.at(-1) !== side) sides.push(side)
      },
    })
    for (let number = 0; number < 350; number += 1) mailbox.put(`Subject: ${number}\r\n\r\nhi\r\n`)
    await sender.deliver(outgoing(1))

    const turns: number[] = []
    for (let look = 0; look < 2; look += 1) {
      const inbox = await receiver.openInbox()
      const before = sides.length
      assert.equal((await inbox.waiting()).length, 1)
      turns.push(Math.ceil((sides.length - before) / 2))
      await inbox.close()
    }

    // UIDL, and TOP for 351 letters in two groups; the second time for the one that waits.
    assert.deepEqual(turns, [3, 2])
  })
})

/** A letter that looks like message 1 from the outside. */
function forge(contentType: string, body: string): string {
  const subject = Buffer.from(`${SUBJECT_PREFIX}Message_План_ЦБ_С01_1.ndjson.zst`)
  return [
    `Subject: =?utf-8?B?${subject.toString('base64')}?=`,
    `Obmen-Message: uuid=${UUID}; base=0; epoch=1`,
    `Content-Type: ${contentType}`,
    '',
    body,
    '',
  ].join('\r\n')
}

const NESTED = Array.from({ length: 40 }, (_, depth) => {
  return `--b${depth}\r\nContent-Type: multipart/mixed; boundary=b${depth + 1}\r\n\r\n`
}).join('')

const HOSTILE_BODIES = [
  { name: 'nests its parts too deep', letter: forge('multipart/mixed; boundary=b0', NESTED) },
  {
    name: 'has too many parts',
    letter: forge('multipart/mixed; boundary=b', '--b\r\n\r\nx\r\n'.repeat(1100)),
  },
  {
    name: 'has a part with an endless header line',
    letter: forge('multipart/mixed; boundary=b', `--b\r\nX: ${'x'.repeat(200_000)}\r\n\r\nx\r\n`),
  },
]

describe('a message whose letter', () => {
  for (const { name, letter } of HOSTILE_BODIES) {
    it(`${name} is damaged, and the next one is received`, async (t) => {
      const { mailbox, sender, receiver } = await openPost(t)
      mailbox.put(letter)
      await sender.deliver(outgoing(2))
      const inbox = await receiver.openInbox()
      const [forged, honest] = await inbox.waiting()
      assert.ok(forged)
      assert.ok(honest)

      await assert.rejects(fetchText(inbox, forged), { code: 'MESSAGE_DAMAGED' })
      const text = await fetchText(inbox, honest)
      await inbox.remove(honest)
      await inbox.close()

      assert.equal(text, 'the octets of a message')
      assert.equal(mailbox.letters().length, 1)
    })
  }
})

describe('a message that is refused', () => {
  const refusals = [
    {
      code: 552,
      text: '5.2.2 mailbox full',
      hint: /^the mailbox is full/,
      reason: 'mailbox-full',
      isTooLarge: false,
    },
    {
      code: 552,
      text: '5.3.4 too large',
      hint: /^lower "messageSize"/,
      reason: 'too-large',
      isTooLarge: true,
    },
    {
      code: 552,
      text: 'too much',
      hint: /^lower "messageSize"/,
      reason: 'too-large',
      isTooLarge: true,
    },
    {
      code: 550,
      text: '5.1.1 who is that',
      hint: /^check "address"/,
      reason: 'address-unknown',
      isTooLarge: false,
    },
  ]
  for (const { code, text, hint, reason, isTooLarge } of refusals) {
    it(`with ${code} ${text} comes with the advice for it`, async (t) => {
      const { sender } = await openPost(t, { onLetter: () => ({ kind: 'refuse', code, text }) })

      await assert.rejects(sender.deliver(outgoing(1)), (error) => {
        assert.ok(error instanceof DeliveryRefused)
        assert.match(error.hint ?? '', hint)
        assert.equal(error.reason, reason)
        return error.isTooLarge === isTooLarge
      })
    })
  }
})
