import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { textOf } from '../../src/base/octets.ts'
import { drive } from '../../src/net/drive.ts'
import { openPop3, Pop3Connection } from '../../src/net/pop3-client.ts'
import type { Pop3Options } from '../../src/net/pop3-client.ts'
import { Pop3DeletionsUnconfirmed } from '../../src/pop3/errors.ts'
import { startMailHost } from '../../src/testing/mail-host.ts'
import type { MailHost, MailHostOptions } from '../../src/testing/mail-host.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { LOGIN, LOGIN_WITH_PIPELINING, logIn } from '../pop3/conversation.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const ADDRESS = 'tim@example.org'
const PASSWORD = 'tanstaaf'

/** A mailbox of so many letters, whose subjects are their numbers. */
async function startHost(
  letters: number,
  options: Partial<MailHostOptions> = {},
): Promise<MailHost> {
  const host = await startMailHost({
    accounts: [{ address: ADDRESS, password: PASSWORD }],
    ...options,
  })
  for (let number = 1; number <= letters; number++) {
    host.mailbox(ADDRESS).put(`Subject: ${number}\r\n\r\n.${'x'.repeat(number % 50)}\r\n`)
  }
  return host
}

function open(host: MailHost, options: Pop3Options = {}): Promise<Pop3Connection> {
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const server = { ...host.pop3, tls: 'none', credentials } as const
  return openPop3(server, { totalTimeoutMs: 10_000, ...options })
}

/** Counts the turns of a conversation: each time this side speaks after the other has. */
class TurnCounter {
  turns = 0
  #last = ''
  readonly log = (line: string): void => {
    const side = line.slice(0, 1)
    if (side === 'C' && this.#last !== 'C') this.turns++
    this.#last = side
  }
}

/** Counts how often the beginning of a letter was asked for. */
class CommandCounter {
  tops = 0
  readonly log = (line: string): void => {
    if (line.startsWith('C: TOP')) this.tops++
  }
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

describe('Tops of a whole mailbox', () => {
  it('P6 take less than a round trip for each hundred letters', async () => {
    await using host = await startHost(600)
    const counter = new TurnCounter()
    const maildrop = await open(host, { log: counter.log })
    const before = counter.turns
    const subjects: string[] = []

    for await (const top of maildrop.tops(upTo(600), 0)) {
      assert.ok(top.kind === 'top')
      subjects.push(textOf(top.octets).trim())
    }
    const turns = counter.turns - before
    await maildrop.close()

    assert.deepEqual(
      subjects,
      upTo(600).map((number) => `Subject: ${number}`),
    )
    assert.equal(turns, 3)
  })

  it('P6 leave a session that goes on when the iteration is left', async () => {
    await using host = await startHost(150)
    const maildrop = await open(host)

    for await (const top of maildrop.tops(upTo(150), 0)) {
      if (top.maildropNumber === 3) break
    }

    assert.equal((await maildrop.stat()).count, 150)
    await maildrop.close()
  })

  it('P6 let other commands be called and waited for in between', async () => {
    await using host = await startHost(120)
    const maildrop = await open(host)

    for await (const top of maildrop.tops(upTo(120), 0)) {
      if (top.maildropNumber % 40 === 0) await maildrop.delete(top.maildropNumber)
    }
    await maildrop.close()

    assert.equal(host.mailbox(ADDRESS).letters().length, 117)
  })

  it('P6 put an error in the middle to its letter', async () => {
    await using host = await startHost(5, {
      onCommand: (_, line) => (line === 'TOP 3 0' ? { reply: '-ERR [SYS/TEMP] busy' } : 'proceed'),
    })
    const maildrop = await open(host)
    const kinds: string[] = []

    for await (const top of maildrop.tops(upTo(5), 0)) {
      kinds.push(top.kind === 'top' ? 'top' : String(top.error.transient))
    }
    await maildrop.close()

    assert.deepEqual(kinds, ['top', 'top', 'true', 'top', 'top'])
  })

  it('are asked for again, fewer at a time, when memory has no room for a group', async () => {
    await using host = await startHost(30)
    const limits = { maxTopOctets: 100, maxBatchOctets: 100 }
    const maildrop = await open(host, { limits })
    const numbers: number[] = []

    for await (const top of maildrop.tops(upTo(30), 5)) {
      assert.equal(top.kind, 'top')
      numbers.push(top.maildropNumber)
    }
    await maildrop.close()

    assert.deepEqual(numbers, upTo(30))
  })

  it('seldom throw away what there was no room for', async () => {
    await using host = await startHost(100)
    const counter = new CommandCounter()
    // Room for ten of them.
    const limits = { maxTopOctets: 100, maxBatchOctets: 800 }
    const maildrop = await open(host, { limits, log: counter.log })

    let count = 0
    for await (const top of maildrop.tops(upTo(100), 5)) if (top.kind === 'top') count += 1
    await maildrop.close()

    assert.equal(count, 100)
    // The first time all are asked for.
    assert.ok(counter.tops < 100 + 100 * 1.3, `${counter.tops} were asked for`)
  })

  it('P6 are asked for one by one where the server does not offer PIPELINING', async () => {
    const connection = new TranscriptConnection(`${LOGIN}
      C: TOP 1 0
      S: +OK
      S: a
      S: .
      C: TOP 2 0
      S: -ERR
      C: QUIT
      S: +OK`)
    const maildrop = new Pop3Connection(connection, await drive(logIn(), connection))
    const kinds: string[] = []

    for await (const top of maildrop.tops([1, 2], 0)) kinds.push(top.kind)
    await maildrop.close()

    assert.deepEqual(kinds, ['top', 'failed'])
    connection.assertFinished()
  })
})

describe('Beginnings of a whole mailbox', () => {
  it('are those that TOP would give where the server does not have it, whatever lines end in', async () => {
    const withoutTop: MailHostOptions['onCommand'] = (_, line) =>
      /^(?:CAPA|TOP)/.test(line) ? { reply: '-ERR unknown' } : 'proceed'
    await using host = await startHost(7, { onCommand: withoutTop })
    host.mailbox(ADDRESS).put('Subject: bare\n\ntext\n')
    const maildrop = await open(host)
    const octets: string[] = []

    for await (const top of maildrop.beginnings(upTo(8), 0)) {
      if (top.kind === 'top') octets.push(textOf(top.octets))
    }
    await maildrop.close()

    assert.deepEqual(
      octets.slice(0, 7),
      upTo(7).map((number) => `Subject: ${number}\r\n\r\n`),
    )
    assert.match(octets[7] ?? '', /^Subject: bare\r?\n\r?\n$/)
  })
})

describe('Whole batches of letters', () => {
  it('are retrieved and deleted, and what is refused is named', async () => {
    await using host = await startHost(130)
    const counter = new TurnCounter()
    const maildrop = await open(host, { log: counter.log })
    const whole: number[] = []
    const before = counter.turns

    const refusals = await maildrop.retrieveAll([...upTo(130), 999], (number) => ({
      push: () => undefined,
      end: () => {
        whole.push(number)
      },
    }))
    const deletions = await maildrop.deleteAll([...upTo(129), 999])
    const turns = counter.turns - before
    await maildrop.close()

    assert.deepEqual(whole, upTo(130))
    assert.deepEqual([[...refusals.keys()], [...deletions.keys()]], [[999], [999]])
    assert.equal(host.mailbox(ADDRESS).letters().length, 1)
    assert.equal(turns, 2)
  })

  it('P8 whose deletion was cut off are reported as kept', async () => {
    const connection = new TranscriptConnection(`${LOGIN_WITH_PIPELINING}
      C: DELE 1
      C: DELE 2
      C: DELE 3
      S: +OK
      S: +OK`)
    const maildrop = new Pop3Connection(connection, await drive(logIn(), connection))

    await assert.rejects(maildrop.deleteAll([1, 2, 3]), { code: 'CONNECTION_LOST' })
    await assert.rejects(
      maildrop.close(),
      (error) =>
        error instanceof Pop3DeletionsUnconfirmed &&
        error.outcome === 'kept' &&
        error.maildropNumbers.length === 2,
    )
  })
})
