import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { followMailbox } from '../../src/net/imap-follow.ts'
import type { MailboxEvent } from '../../src/net/imap-follow.ts'
import { takeCensus } from '../census.ts'
import { credentials, SmallImapServer } from './imap-server.ts'
import { serve } from './loopback.ts'

takeCensus()

/** A mailbox whose letters come and go, and a server that may be lost. */
class ChangingMailbox {
  uids: number[] = [2, 4, 6]
  uidValidity = 1
  /** What is done when a client goes into IDLE, the first time, the second … */
  readonly script: ((say: (line: string) => void, socket: Duplex) => void)[] = []
  /** The same when it searches. */
  readonly searches: ((say: (line: string) => void, socket: Duplex) => void)[] = []
  /** What SELECT and EXAMINE say beside the number of letters. */
  opening: readonly string[] = []
  refusal: string | undefined
  readonly server: SmallImapServer

  constructor(capabilities = 'IDLE') {
    this.server = new SmallImapServer(3, capabilities, (command, say, socket) => {
      if (command.startsWith('EXAMINE')) {
        say(`* ${this.uids.length} EXISTS`)
        say(`* OK [UIDVALIDITY ${this.uidValidity}] valid`)
        for (const line of this.opening) say(line)
        return this.refusal ?? 'OK'
      }
      if (command.startsWith('UID SEARCH')) {
        this.searches.shift()?.(say, socket)
        say(`* SEARCH ${this.uids.join(' ')}`)
        return 'OK'
      }
      if (command.startsWith('ENABLE')) {
        say(`* ENABLED ${command.slice('ENABLE '.length)}`)
        return 'OK'
      }
      if (/^UID FETCH .*FLAGS/.test(command)) {
        say(`* 1 FETCH (UID 2 FLAGS (\\Seen))`)
        return 'OK'
      }
      if (command === 'IDLE') {
        const act = this.script.shift()
        if (act !== undefined) setImmediate(() => act(say, socket))
      }
      return undefined
    })
  }

  /** The first so many events, in words. */
  async follow(count: number): Promise<readonly string[]> {
    await using host = await serve(this.server.serve)
    const told: string[] = []
    const options = { pauseMs: 1, totalTimeoutMs: 10_000 }
    for await (const event of followMailbox(host.at({ credentials }), 'INBOX', options)) {
      told.push(inWords(event))
      if (told.length === count) break
    }
    return told
  }
}

function inWords(event: MailboxEvent): string {
  switch (event.kind) {
    case 'connected':
      return `connected ${event.uidValidity}: ${event.uids.toString()}`
    case 'uids-void':
      return `uids-void ${event.uidValidity}`
    case 'flags':
      return `flags ${event.letters.map(({ uid, flags }) => `${uid} ${flags?.join(' ')}`).join()}`
    case 'lost':
      return 'lost'
    default:
      return `${event.kind} ${event.uids.toString()}`
  }
}

const hangUp = (_: unknown, socket: Duplex): void => void socket.destroy()

describe('Following a mailbox', () => {
  it('I5 I7 tells what comes and goes', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push(
      (say) => {
        mailbox.uids.push(9, 11)
        say('* 5 EXISTS')
      },
      (say) => {
        mailbox.uids = [2, 6, 9, 11, 12]
        say('* 2 EXPUNGE')
        say('* 5 EXISTS')
      },
      (say) => say('* 1 FETCH (FLAGS (\\Seen))'),
    )

    assert.deepEqual(await mailbox.follow(5), [
      'connected 1: 2,4,6',
      'came 9,11',
      'gone 4',
      'came 12',
      'flags 2 \\Seen',
    ])
  })

  it('I6 tells what came and went while there was no connection', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push((say, socket) => {
      mailbox.uids = [4, 6, 8]
      hangUp(say, socket)
    })

    assert.deepEqual(await mailbox.follow(5), [
      'connected 1: 2,4,6',
      'lost',
      'connected 1: 2,4,6',
      'gone 2',
      'came 8',
    ])
  })

  it('I11 has a server with CONDSTORE tell which flags have changed', async () => {
    const mailbox = new ChangingMailbox('IDLE ENABLE CONDSTORE')
    mailbox.opening = ['* OK [HIGHESTMODSEQ 17] counted']
    mailbox.script.push(hangUp)

    assert.deepEqual(await mailbox.follow(4), [
      'connected 1: 2,4,6',
      'lost',
      'connected 1: 2,4,6',
      'flags 2 \\Seen',
    ])
    assert.equal(mailbox.server.count('UID FETCH 2,4,6 (UID FLAGS) (CHANGEDSINCE 17)'), 1)
  })

  it('I11 has a server with QRESYNC tell all of it', async () => {
    const mailbox = new ChangingMailbox('IDLE ENABLE CONDSTORE QRESYNC')
    mailbox.opening = ['* OK [HIGHESTMODSEQ 17] counted']
    mailbox.script.push((say, socket) => {
      mailbox.opening = [
        '* OK [HIGHESTMODSEQ 20] counted',
        '* VANISHED (EARLIER) 1:2',
        '* 1 FETCH (UID 4 FLAGS (\\Flagged) MODSEQ (18))',
        '* 3 FETCH (UID 8 FLAGS () MODSEQ (20))',
      ]
      hangUp(say, socket)
    })

    assert.deepEqual(await mailbox.follow(6), [
      'connected 1: 2,4,6',
      'lost',
      'connected 1: 2,4,6',
      'gone 2',
      'came 8',
      'flags 4 \\Flagged',
    ])
    assert.equal(mailbox.server.count('EXAMINE "INBOX" (QRESYNC (1 17))'), 1)
    assert.equal(mailbox.server.count('UID SEARCH'), 1)
  })

  it('I11 counts what it has told, and not what the server has said', async () => {
    const mailbox = new ChangingMailbox('IDLE ENABLE CONDSTORE QRESYNC')
    mailbox.opening = ['* OK [HIGHESTMODSEQ 17] counted']
    mailbox.script.push((say) => {
      mailbox.uids = [2, 4, 6, 8]
      say('* 4 EXISTS')
    })
    mailbox.searches.push(
      () => undefined,
      // A letter comes while the one before is looked for, and the connection is lost while this one is.
      (say) => {
        say('* 5 EXISTS')
        say('* OK [HIGHESTMODSEQ 25] counted')
      },
      hangUp,
    )

    assert.deepEqual(await mailbox.follow(4), [
      'connected 1: 2,4,6',
      'came 8',
      'lost',
      'connected 1: 2,4,6,8',
    ])
    assert.equal(mailbox.server.count('EXAMINE "INBOX" (QRESYNC (1 17))'), 1)
  })

  it('I11 asks again for the flags that it could not be told before the next connection was lost', async () => {
    const mailbox = new ChangingMailbox('IDLE ENABLE CONDSTORE')
    mailbox.opening = ['* OK [HIGHESTMODSEQ 17] counted']
    mailbox.script.push((say, socket) => {
      mailbox.opening = ['* OK [HIGHESTMODSEQ 20] counted']
      mailbox.searches.push(hangUp)
      hangUp(say, socket)
    })

    assert.deepEqual(await mailbox.follow(6), [
      'connected 1: 2,4,6',
      'lost',
      'connected 1: 2,4,6',
      'lost',
      'connected 1: 2,4,6',
      'flags 2 \\Seen',
    ])
    assert.equal(mailbox.server.count('UID FETCH 2,4,6 (UID FLAGS) (CHANGEDSINCE 17)'), 1)
  })

  it('I6 says that UIDs mean other letters', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push((say, socket) => {
      mailbox.uidValidity = 2
      hangUp(say, socket)
    })

    assert.deepEqual(await mailbox.follow(4), [
      'connected 1: 2,4,6',
      'lost',
      'uids-void 2',
      'connected 2: 2,4,6',
    ])
  })

  it('I6 says so too when that happens while the mailbox is open', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push((say) => {
      mailbox.uidValidity = 2
      say('* OK [UIDVALIDITY 2] anew')
    })

    assert.deepEqual(await mailbox.follow(4), [
      'connected 1: 2,4,6',
      'lost',
      'uids-void 2',
      'connected 2: 2,4,6',
    ])
  })

  it('ends when the server refuses for good, and tries again otherwise', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push((say, socket) => {
      mailbox.refusal = 'NO [UNAVAILABLE] later'
      hangUp(say, socket)
    })
    const gone = new ChangingMailbox()
    gone.refusal = 'NO [NONEXISTENT] what is that'

    assert.deepEqual(await mailbox.follow(4), ['connected 1: 2,4,6', 'lost', 'lost', 'lost'])
    await assert.rejects(gone.follow(1), { code: 'IMAP_COMMAND_REJECTED' })
  })

  it('ends at once at a signal that came while it told of a lost connection', async () => {
    const mailbox = new ChangingMailbox()
    mailbox.script.push(hangUp)
    const stop = new AbortController()
    await using host = await serve(mailbox.server.serve)
    const pauseMs = 3_600_000
    const options = { signal: stop.signal, totalTimeoutMs: 10_000, pauseMs }
    let told = 0

    for await (const { kind } of followMailbox(host.at({ credentials }), 'INBOX', options)) {
      if (kind === 'lost') stop.abort()
      told += 1
    }

    assert.equal(told, 2)
  })

  it('ends at a signal', async () => {
    const mailbox = new ChangingMailbox()
    const stop = new AbortController()
    mailbox.script.push(() => stop.abort())
    await using host = await serve(mailbox.server.serve)
    const told: string[] = []
    const options = { signal: stop.signal, totalTimeoutMs: 10_000 }

    for await (const event of followMailbox(host.at({ credentials }), 'INBOX', options)) {
      told.push(inWords(event))
    }

    assert.deepEqual(told, ['connected 1: 2,4,6'])
    await host.idle()
  })
})
