import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { SUBJECT_PREFIX } from '@obmen/exchange'
import { MailTransport, type MailWatch } from '@obmen/exchange/mail'
import { Secret } from '@obmen/mail/imap'
import { MailboxAddress } from '@obmen/mail/mime'
import { type Mailbox, startMailHost } from '@obmen/mail/testing'

import { ImapHost } from '../../../mail/test-servers/imap-host.ts'
import { ADDRESS, PASSWORD, PLAN, SHOP } from './messages.ts'

/** Longer than any test takes. */
const LONG_MS = 3_600_000
const NEVER = new AbortController().signal

interface Watched {
  readonly mailbox: Mailbox
  readonly imap: ImapHost
  readonly watch: MailWatch
}

async function openWatch(t: TestContext, protocol: 'imap' | 'pop3'): Promise<Watched> {
  const host = await startMailHost({ accounts: [{ address: ADDRESS, password: PASSWORD }] })
  const mailbox = host.mailbox(ADDRESS)
  const imap = await ImapHost.start(mailbox)
  imap.capabilities = 'IDLE UIDPLUS'
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const common = { host: '127.0.0.1', tls: 'none', credentials } as const
  const transport = new MailTransport({
    plan: { name: PLAN, thisNode: SHOP },
    address: MailboxAddress.parse(ADDRESS),
    subjectPrefix: SUBJECT_PREFIX,
    smtp: { ...host.smtp, tls: 'none', credentials },
    ...(protocol === 'imap'
      ? { imap: { ...common, port: imap.port } }
      : { pop3: { ...common, port: host.pop3.port } }),
    foreignLetters: { all: () => new Set(), replace: () => undefined },
  })
  const watch = await transport.openWatch()
  t.after(async () => {
    await watch.close()
    await imap.close()
    await host.close()
  })
  return { mailbox, imap, watch }
}

async function untilIdle(imap: ImapHost): Promise<void> {
  while (imap.idlingCount === 0) await new Promise(setImmediate)
}

describe('A watch by IMAP', () => {
  it('is over when a letter has come', async (t) => {
    const { mailbox, imap, watch } = await openWatch(t, 'imap')

    const next = watch.next(LONG_MS, NEVER)
    await untilIdle(imap)
    mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    imap.tellOfLetters()
    await next

    assert.deepEqual(imap.sent('IDLE'), ['IDLE'])
    assert.deepEqual(imap.sent('SELECT'), [])
  })

  it('is over when the time is, and when somebody stops it', async (t) => {
    const { imap, watch } = await openWatch(t, 'imap')
    const stop = new AbortController()

    await watch.next(1, NEVER)
    const next = watch.next(LONG_MS, stop.signal)
    await untilIdle(imap)
    stop.abort()
    await next

    assert.equal(imap.sent('EXAMINE').length, 1)
  })

  it('connects again to a server that was lost, and takes it that letters have come', async (t) => {
    const { imap, watch } = await openWatch(t, 'imap')
    imap.refuse = (command) => (command === 'IDLE' ? '' : undefined)

    await watch.next(5, NEVER)
    imap.refuse = () => undefined
    await watch.next(LONG_MS, NEVER)

    assert.equal(imap.sent('EXAMINE').length, 2)
  })

  it('fails when the server does not want it any more', async (t) => {
    const { imap, watch } = await openWatch(t, 'imap')
    imap.refuse = (command) => (command === 'IDLE' ? '' : undefined)

    await watch.next(5, NEVER)
    imap.refuse = (command) => (command.startsWith('EXAMINE') ? 'NO what is that' : undefined)

    await assert.rejects(watch.next(LONG_MS, NEVER), { code: 'IMAP_COMMAND_REJECTED' })
  })
})

describe('A watch by POP3', () => {
  it('is over when the time is, and when somebody stops it', async (t) => {
    const { watch } = await openWatch(t, 'pop3')
    const stop = new AbortController()

    await watch.next(1, NEVER)
    const next = watch.next(LONG_MS, stop.signal)
    stop.abort()
    await next

    await watch.next(LONG_MS, stop.signal)
  })
})
