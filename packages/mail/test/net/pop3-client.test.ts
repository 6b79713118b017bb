import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted } from '../../src/net/errors.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { Pop3Connection, openPop3 } from '../../src/net/pop3-client.ts'
import type { Pop3Options } from '../../src/net/pop3-client.ts'
import { Pop3DeletionsUnconfirmed, Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { startMailHost } from '../../src/testing/mail-host.ts'
import type { MailHost, MailHostOptions } from '../../src/testing/mail-host.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { ConnectionLost, TlsUnavailable } from '../../src/wire/errors.ts'
import { logIn } from '../pop3/conversation.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const LOGIN = `
  S: +OK ready
  C: CAPA
  S: -ERR
  C: USER tim
  S: +OK
  C: PASS tanstaaf
  S: +OK`

interface Played {
  readonly maildrop: Pop3Connection
  readonly connection: TranscriptConnection
}

/** A connection that has logged in to a server that goes on as the transcript says, and then hangs up. */
async function openWith(transcript: string): Promise<Played> {
  const connection = new TranscriptConnection(`${LOGIN}${transcript}`)
  const maildrop = new Pop3Connection(connection, await drive(logIn(), connection))
  return { maildrop, connection }
}

const ignoreOctets = (): void => undefined

describe('POP3 connection', () => {
  it('runs commands one after the other, in the order of the calls', async () => {
    const { maildrop, connection } = await openWith(`
      C: STAT
      S: +OK 2 10
      C: LIST
      S: +OK
      S: 1 5
      S: 2 5
      S: .
      C: NOOP
      S: +OK
      C: QUIT
      S: +OK`)

    const [status, sizes] = await Promise.all([
      maildrop.stat(),
      maildrop.list(),
      maildrop.noop(),
      maildrop.close(),
    ])

    assert.equal(status.count, 2)
    assert.equal(sizes.size, 2)
    connection.assertFinished()
  })

  it('goes on after a refused command', async () => {
    const { maildrop } = await openWith(`
      C: DELE 9
      S: -ERR no such message
      C: NOOP
      S: +OK`)

    const [deletion, noop] = await Promise.allSettled([maildrop.delete(9), maildrop.noop()])

    assert.ok(deletion.status === 'rejected' && deletion.reason instanceof Pop3ResponseRejected)
    assert.equal(noop.status, 'fulfilled')
  })

  it('rejects a command that cannot be, and goes on', async () => {
    const { maildrop } = await openWith(`
      C: NOOP
      S: +OK`)

    await assert.rejects(maildrop.top(0, 0), RangeError)
    await maildrop.noop()
  })

  it('receives no more of a letter than the sink has taken', async () => {
    const { maildrop } = await openWith(`
      C: RETR 1
      S: +OK
      S: first
      S: second
      S: .`)
    const gate = Promise.withResolvers<void>()
    let isDone = false
    const retrieval = maildrop
      .retrieve(1, () => gate.promise)
      .then(() => {
        isDone = true
      })

    await new Promise(setImmediate)
    assert.equal(isDone, false)
    gate.resolve()
    await retrieval
  })

  it('is over when a sink fails, because the rest of the letter is still in the line', async () => {
    const { maildrop } = await openWith(`
      C: RETR 1
      S: +OK
      S: a letter
      S: .`)
    const diskFull = new Error('disk full')
    const retrieval = maildrop.retrieve(1, () => Promise.reject(diskFull))

    await assert.rejects(retrieval, diskFull)
    await assert.rejects(
      maildrop.stat(),
      (error) => error instanceof ConnectionLost && error.cause === diskFull,
    )
    await maildrop.close()
  })

  it('is over after abandon(), without QUIT', async () => {
    const { maildrop, connection } = await openWith(`
      C: DELE 1
      S: +OK`)
    await maildrop.delete(1)

    maildrop.abandon()

    await assert.rejects(maildrop.stat(), TypeError)
    await maildrop.close()
    connection.assertFinished()
  })

  it('rejects the command under way when it is abandoned', async () => {
    const { maildrop } = await openWith(`
      C: RETR 1
      S: +OK
      S: a letter
      S: .`)
    const never = Promise.withResolvers<void>()
    const retrieval = maildrop.retrieve(1, () => {
      maildrop.abandon()
      return never.promise
    })

    await assert.rejects(retrieval, ConnectionLost)
  })
})

describe('closing a POP3 connection', () => {
  it('ends the session once, however often it is asked for', async () => {
    const { maildrop, connection } = await openWith(`
      C: QUIT
      S: +OK`)

    await Promise.all([maildrop.close(), maildrop.close()])
    await maildrop.close()

    assert.ok(connection.closed.aborted)
    await assert.rejects(maildrop.stat(), TypeError)
  })

  it('confirms deletions', async () => {
    const { maildrop } = await openWith(`
      C: DELE 1
      S: +OK
      C: QUIT
      S: +OK`)

    await maildrop.delete(1)
    await maildrop.close()
  })

  const unconfirmed = [
    { name: 'the server refuses', end: 'S: -ERR some deleted messages not removed' },
    { name: 'the connection is lost after QUIT', end: '' },
  ]
  for (const { name, end } of unconfirmed) {
    it(`P8 rejects when ${name}: what was deleted is unknown`, async () => {
      const { maildrop } = await openWith(`
        C: DELE 3
        S: +OK
        C: QUIT
        ${end}`)
      await maildrop.delete(3)

      await assert.rejects(maildrop.close(), (error) => {
        assert.ok(error instanceof Pop3DeletionsUnconfirmed && error.transient)
        assert.deepEqual([error.outcome, error.maildropNumbers], ['unknown', [3]])
        return true
      })
    })
  }

  it('P8 rejects when the connection was lost before QUIT: nothing was deleted', async () => {
    const { maildrop } = await openWith(`
      C: DELE 1
      S: +OK
      C: DELE 2
      S: +OK
      C: RETR 3
      S: +OK
      S: half`)
    await maildrop.delete(1)
    await maildrop.delete(2)
    await assert.rejects(maildrop.retrieve(3, ignoreOctets), ConnectionLost)

    await assert.rejects(maildrop.close(), (error) => {
      assert.ok(error instanceof Pop3DeletionsUnconfirmed)
      assert.deepEqual([error.outcome, error.maildropNumbers], ['kept', [1, 2]])
      assert.match(error.message, /^the deletion of 2 letters was not made: /)
      return true
    })
  })

  it('resolves after a lost connection when there was nothing to delete', async () => {
    const { maildrop } = await openWith(`
      C: DELE 1
      S: +OK
      C: RSET
      S: +OK`)
    await maildrop.delete(1)
    await maildrop.reset()

    await maildrop.close()
  })

  it('is what "await using" does', async () => {
    const played = await openWith(`
      C: QUIT
      S: +OK`)
    {
      await using maildrop = played.maildrop
      assert.ok(!maildrop.capabilities.isKnown)
    }

    played.connection.assertFinished()
  })
})

const PASSWORD = 'tanstaaf'
const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
const tls = { key: fixture('server.key'), cert: fixture('server.crt') }

function startHost(options: Partial<MailHostOptions> = {}): Promise<MailHost> {
  return startMailHost({
    accounts: [{ address: 'tim@example.org', password: PASSWORD }],
    ...options,
  })
}

/** A host that falls silent fails the test instead of holding it up for the minutes that real servers get. */
function open(server: MailServer, options: Pop3Options = {}): Promise<Pop3Connection> {
  return openPop3(server, { totalTimeoutMs: 10_000, ...options })
}

function serverOf(host: MailHost, mode: MailServer['tls']): MailServer {
  const port = mode === 'implicit' ? host.pop3s?.port : host.pop3.port
  assert.ok(port !== undefined)
  const credentials = { user: 'tim@example.org', password: new Secret(PASSWORD) }
  return { host: '127.0.0.1', port, tls: mode, ca: fixture('ca.crt'), credentials }
}

describe('opening a POP3 connection', () => {
  for (const mode of ['implicit', 'starttls', 'none'] as const) {
    it(`reads and deletes letters over a socket, tls: '${mode}'`, async () => {
      await using host = await startHost(mode === 'none' ? {} : { tls })
      const mailbox = host.mailbox('tim@example.org')
      const letter = `Subject: x\r\n\r\n.\r\n..\r\n${'a'.repeat(300_000)}\r\n`
      mailbox.put(octetsOf(letter))
      const maildrop = await open(serverOf(host, mode))

      const pieces: Uint8Array[] = []
      await maildrop.retrieve(1, (octets) => {
        pieces.push(octets)
      })
      const top = await maildrop.top(1, 0)
      const ids = await maildrop.uniqueIds()
      await maildrop.delete(1)
      await maildrop.close()

      assert.equal(textOf(concatOctets(pieces)), letter)
      assert.equal(textOf(top), 'Subject: x\r\n\r\n')
      assert.equal(ids?.size, 1)
      assert.equal(mailbox.letters().length, 0)
    })
  }

  it('T1 T9 sends no password to a server that refuses STLS', async () => {
    const lines: string[] = []
    await using host = await startHost({
      onCommand: (_protocol, line) => {
        lines.push(line)
        return 'proceed'
      },
    })

    await assert.rejects(open(serverOf(host, 'starttls')), TlsUnavailable)
    assert.deepEqual(lines, ['STLS'])
  })

  it('T7 sends nothing to a server with the certificate of another', async () => {
    const lines: string[] = []
    await using host = await startHost({
      tls: { key: tls.key, cert: fixture('wrong-host.crt') },
      onCommand: (_protocol, line) => {
        lines.push(line)
        return 'proceed'
      },
    })

    await assert.rejects(open(serverOf(host, 'implicit')), {
      code: 'TLS_FAILED',
      check: 'wrong-host',
    })
    assert.deepEqual(lines, [])
  })

  it('P2 tells a busy maildrop from a wrong password', async () => {
    await using host = await startHost({
      onCommand: (_protocol, line) =>
        /^(?:PASS|AUTH)/.test(line) ? { reply: '-ERR [IN-USE] maildrop is locked' } : 'proceed',
    })

    await assert.rejects(open(serverOf(host, 'none')), (error) => {
      assert.ok(error instanceof Pop3ResponseRejected && error.transient)
      return error.responseCode === 'IN-USE'
    })
  })

  it('A15 shows no password in the log or in the error, right or wrong', async () => {
    await using host = await startHost()
    const log: string[] = []
    const options = { log: (line: string) => log.push(line) }
    const server = serverOf(host, 'none')
    const credentials = { user: 'tim@example.org', password: new Secret('wrong-password') }

    await (await open(server, options)).close()
    await assert.rejects(open({ ...server, credentials }, options), (error) => {
      assert.ok(error instanceof AuthenticationFailed)
      assert.doesNotMatch(inspect(error, { depth: 9 }), /wrong-password/)
      return true
    })

    const secrets = [PASSWORD, 'wrong-password'].flatMap((secret) => [
      secret,
      Buffer.from(`\0tim@example.org\0${secret}`).toString('base64'),
    ])
    for (const line of log) {
      for (const secret of secrets) assert.ok(!line.includes(secret), line)
    }
    assert.ok(log.some((line) => line.startsWith('C: ') && line.endsWith('********')))
  })

  it('needs credentials', async () => {
    const server = { host: '127.0.0.1', port: 1, tls: 'none' } as const

    await assert.rejects(open(server), TypeError)
  })

  it('ends at the signal of the caller, and leaves no connection behind', async () => {
    const controller = new AbortController()
    await using host = await startHost({
      onCommand: () => {
        controller.abort()
        return 'proceed'
      },
    })

    await assert.rejects(open(serverOf(host, 'none'), { signal: controller.signal }), Aborted)
  })

  it('takes limits', async () => {
    await using host = await startHost()
    host.mailbox('tim@example.org').put(octetsOf(`Subject: ${'x'.repeat(100)}\r\n\r\n`))
    await using maildrop = await open(serverOf(host, 'none'), { limits: { maxTopOctets: 50 } })

    await assert.rejects(maildrop.top(1, 0), {
      code: 'LIMIT_EXCEEDED',
      option: 'limits.maxTopOctets',
    })
    assert.equal((await maildrop.stat()).count, 1)
  })
})
