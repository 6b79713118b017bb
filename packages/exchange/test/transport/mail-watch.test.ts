import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { SUBJECT_PREFIX } from '@obmen/exchange'
import { MailTransport, type MailWatch } from '@obmen/exchange/mail'
import { Secret } from '@obmen/mail/imap'
import { MailboxAddress } from '@obmen/mail/mime'
import { type CommandFate, type Mailbox, startMailHost } from '@obmen/mail/testing'

import { ImapWatch } from '../../src/transport/mail-watch.ts'
import { ADDRESS, PASSWORD, PLAN, SHOP } from './messages.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

/** Longer than any test takes. */
const LONG_MS = 3_600_000
const NEVER = new AbortController().signal

interface Watched {
  readonly mailbox: Mailbox
  /** What was said by IMAP. */
  readonly commands: string[]
  /** What becomes of a command by IMAP. */
  fateOf: (command: string) => CommandFate
  readonly watch: MailWatch
}

async function openWatch(
  t: TestContext,
  protocol: 'imap' | 'pop3',
  fateOf: Watched['fateOf'] = () => 'proceed',
): Promise<Watched> {
  const host = await startMailHost({
    accounts: [{ address: ADDRESS, password: PASSWORD }],
    onCommand: (used, line) => {
      if (used !== 'imap') return 'proceed'
      watched.commands.push(line)
      return watched.fateOf(line)
    },
  })
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const transport = new MailTransport({
    plan: { name: PLAN, thisNode: SHOP },
    address: MailboxAddress.parse(ADDRESS),
    subjectPrefix: SUBJECT_PREFIX,
    smtp: { ...host.smtp, tls: 'none', credentials },
    ...(protocol === 'imap'
      ? { imap: { ...host.imap, tls: 'none', credentials } }
      : { pop3: { ...host.pop3, tls: 'none', credentials } }),
    foreignLetters: { all: () => new Set(), replace: () => undefined },
  })
  const watched: Watched = {
    mailbox: host.mailbox(ADDRESS),
    commands: [],
    fateOf,
    get watch() {
      return watch
    },
  }
  const opening = transport.openWatch()
  t.after(async () => {
    await opening.then(
      (opened) => opened.close(),
      () => undefined,
    )
    await transport.close()
    await host.close()
  })
  const watch = await opening
  return watched
}

/** Waits until somebody has gone into IDLE for so many times. */
async function untilIdle(watched: Watched, times: number): Promise<void> {
  while (sent(watched, 'IDLE').length < times) await new Promise(setImmediate)
}

/** The commands that begin so. */
function sent({ commands }: Watched, beginning: string): readonly string[] {
  return commands.filter((command) => command.startsWith(beginning))
}

/** Waits for letters until the connection was lost in IDLE. */
async function loseInIdle(watched: Watched): Promise<void> {
  while (sent(watched, 'IDLE').length === 0) await watched.watch.next(5, NEVER)
}

describe('A watch by IMAP', () => {
  it('is over when a letter has come', async (t) => {
    const watched = await openWatch(t, 'imap')

    const next = watched.watch.next(LONG_MS, NEVER)
    await untilIdle(watched, 1)
    watched.mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    await next

    assert.deepEqual(sent(watched, 'IDLE'), ['IDLE'])
    assert.deepEqual(sent(watched, 'SELECT'), [])
  })

  it('is over when the time is, and when somebody stops it', async (t) => {
    const watched = await openWatch(t, 'imap')
    const stop = new AbortController()

    await watched.watch.next(1, NEVER)
    const times = sent(watched, 'IDLE').length
    const next = watched.watch.next(LONG_MS, stop.signal)
    await untilIdle(watched, times + 1)
    stop.abort()
    await next

    assert.equal(sent(watched, 'EXAMINE').length, 1)
  })

  it('connects again to a server that was lost, and takes it that letters have come', async (t) => {
    const watched = await openWatch(t, 'imap')
    watched.fateOf = (command) => (command === 'IDLE' ? 'disconnect' : 'proceed')

    await loseInIdle(watched)
    watched.fateOf = () => 'proceed'
    // The loss may be noticed only now.
    while (sent(watched, 'EXAMINE').length < 2) await watched.watch.next(LONG_MS, NEVER)

    assert.equal(sent(watched, 'EXAMINE').length, 2)
  })

  it('connects again when the server says what can not be understood', async (t) => {
    const watched = await openWatch(t, 'imap')
    watched.fateOf = (command) => (command === 'IDLE' ? { reply: 'PUDDING' } : 'proceed')

    await loseInIdle(watched)
    watched.fateOf = () => 'proceed'
    while (sent(watched, 'EXAMINE').length < 2) await watched.watch.next(LONG_MS, NEVER)
    const next = watched.watch.next(LONG_MS, NEVER)
    await untilIdle(watched, 2)
    watched.mailbox.put('Subject: hello\r\n\r\nhi\r\n')
    await next

    assert.equal(sent(watched, 'EXAMINE').length, 2)
  })

  it('is opened while the server is away, and takes it that letters have come when it is back', async (t) => {
    const watched = await openWatch(t, 'imap', (command) => {
      return command.startsWith('EXAMINE') ? 'disconnect' : 'proceed'
    })
    watched.fateOf = () => 'proceed'

    await watched.watch.next(LONG_MS, NEVER)

    assert.deepEqual([sent(watched, 'EXAMINE').length, sent(watched, 'IDLE').length], [2, 0])
  })

  it('leaves a server that hangs up each time alone for longer and longer', async (t) => {
    let losses = 0
    const host = await startMailHost({
      accounts: [{ address: ADDRESS, password: PASSWORD }],
      onCommand: (_, line) => {
        if (line !== 'IDLE') return 'proceed'
        losses += 1
        return 'disconnect'
      },
    })
    const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
    const watch = new ImapWatch({ ...host.imap, tls: 'none', credentials }, {}, 10)
    t.after(async () => {
      await watch.close()
      await host.close()
    })
    const begin = performance.now()

    while (losses < 6) await watch.next(LONG_MS, NEVER)

    // 10, 20, 40, 80 and 160 ms; a timer may be a moment early.
    assert.equal(performance.now() - begin > 300, true)
  })

  it('is not opened where there is no such mailbox', async (t) => {
    const opened = openWatch(t, 'imap', (command) => {
      return command.startsWith('EXAMINE') ? { reply: 'NO what is that' } : 'proceed'
    })

    await assert.rejects(opened, { code: 'IMAP_COMMAND_REJECTED' })
  })

  it('fails when the server does not want it any more', async (t) => {
    const watched = await openWatch(t, 'imap')
    watched.fateOf = (command) => (command === 'IDLE' ? 'disconnect' : 'proceed')

    await loseInIdle(watched)
    watched.fateOf = (command) =>
      command.startsWith('EXAMINE') ? { reply: 'NO what is that' } : 'proceed'

    const watchOn = async (): Promise<void> => {
      for (;;) await watched.watch.next(LONG_MS, NEVER)
    }
    await assert.rejects(watchOn(), { code: 'IMAP_COMMAND_REJECTED' })
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
