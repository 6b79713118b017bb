import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { CanonicalLetter } from '../../src/base/canonical-letter.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { ImapCommandRejected } from '../../src/imap/errors.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted } from '../../src/net/errors.ts'
import { ImapConnection, openImap } from '../../src/net/imap-client.ts'
import type { ImapOptions } from '../../src/net/imap-client.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { ConnectionLost, TlsUnavailable } from '../../src/wire/errors.ts'
import { logIn, loginWith } from '../imap/conversation.ts'
import { SmallImapServer } from './imap-server.ts'
import { CA, encrypt, fixture, serve, serveTls } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const PASSWORD = 'tanstaaf'
const credentials = { user: 'tim', password: new Secret(PASSWORD) }

interface Played {
  readonly imap: ImapConnection
  readonly connection: TranscriptConnection
}

/** A connection that has logged in to a server that goes on as the transcript says, and then hangs up. */
async function openWith(transcript: string, ...capabilities: readonly string[]): Promise<Played> {
  const connection = new TranscriptConnection(loginWith(...capabilities) + transcript)
  const session = await drive(logIn(), connection)
  return { imap: new ImapConnection(connection, session, { idleMs: 1, pollMs: 1 }), connection }
}

/** A server that falls silent fails the test instead of holding it up for minutes. */
function open(server: MailServer, options: ImapOptions = {}): Promise<ImapConnection> {
  return openImap({ credentials, ...server }, { totalTimeoutMs: 10_000, ...options })
}

describe('IMAP connection', () => {
  it('runs commands one after the other, in the order of the calls', async () => {
    const { imap, connection } = await openWith(`
      C: A2 CREATE "a"
      S: A2 OK
      C: A3 SUBSCRIBE "a"
      S: A3 OK
      C: A4 STATUS "a" (MESSAGES)
      S: * STATUS a (MESSAGES 1)
      S: A4 OK
      C: A5 RENAME "a" "b"
      S: A5 OK
      C: A6 UNSUBSCRIBE "a"
      S: A6 OK
      C: A7 DELETE "b"
      S: A7 OK
      C: A8 NOOP
      S: A8 OK
      C: A9 LOGOUT
      S: * BYE
      S: A9 OK`)

    const [, , counts] = await Promise.all([
      imap.create('a'),
      imap.subscribe('a'),
      imap.status('a', ['messages']),
      imap.rename('a', 'b'),
      imap.unsubscribe('a'),
      imap.delete('b'),
      imap.noop(),
      imap.close(),
    ])

    assert.equal(counts.messages, 1)
    assert.equal(imap.greeting, 'ready')
    connection.assertFinished()
  })

  it('says what the server is', async () => {
    const { imap } = await openWith('', 'IDLE')

    assert.equal(await imap.namespaces(), undefined)
    assert.equal(await imap.identify(), undefined)
    assert.deepEqual(await imap.quota(), [])
    assert.ok(imap.capabilities.has('idle'))
  })

  it('goes on after a refused command, and after one that cannot be', async () => {
    const { imap } = await openWith(`
      C: A2 CREATE "a"
      S: A2 NO no
      C: A3 NOOP
      S: A3 OK`)

    await assert.rejects(imap.create('a'), ImapCommandRejected)
    await assert.rejects(imap.create('a\r\nA3 DELETE b'), RangeError)
    await imap.noop()
  })

  it('is over when a command fails half-way, and says why', async () => {
    const { imap } = await openWith('C: A2 NOOP\nS: * BAD what?')

    await assert.rejects(imap.noop(), { code: 'PROTOCOL_VIOLATION' })
    await assert.rejects(
      imap.noop(),
      (error) => error instanceof ConnectionLost && /failed half-way/.test(error.message),
    )
    await imap.close()
  })

  it('is closed once, however often and by whom, and whatever the server says to it', async () => {
    const { imap, connection } = await openWith('C: A2 LOGOUT\nS: A2 BAD no')
    {
      await using closing = imap
      await Promise.all([closing.close(), closing.close()])
    }

    assert.ok(connection.closed.aborted)
    await assert.rejects(imap.noop(), TypeError)
  })

  it('is over after abandon(), without LOGOUT', async () => {
    const { imap, connection } = await openWith('')

    imap.abandon()

    await imap.close()
    await assert.rejects(imap.list(), TypeError)
    connection.assertFinished()
  })
})

describe('Appending by an IMAP connection', () => {
  const APPEND = `
      C: A2 APPEND "a" {4+}
      C: abcd
      S: A2 OK [APPENDUID 1 2]`

  class Letter extends CanonicalLetter {
    readonly sizeOctets = undefined
    readonly body = '7BIT'
    readonly needsSmtpUtf8 = false
    composed = 0

    override async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
      this.composed++
      yield octetsOf('ab')
      yield octetsOf('cd')
    }
  }

  it('takes octets', async () => {
    const { imap } = await openWith(APPEND, 'LITERAL+')

    assert.deepEqual(await imap.append('a', octetsOf('abcd')), { uidValidity: 1, uid: 2 })
  })

  it('takes pieces with their size', async () => {
    const { imap } = await openWith(APPEND, 'LITERAL+')

    await imap.append('a', new Letter()[Symbol.asyncIterator](), { sizeOctets: 4 })
    await assert.rejects(imap.append('a', new Letter()[Symbol.asyncIterator]()), TypeError)
  })

  it('composes a letter twice when its size is not known', async () => {
    const { imap } = await openWith(APPEND, 'LITERAL+')
    const letter = new Letter()

    await imap.append('a', letter)

    assert.equal(letter.composed, 2)
  })
})

describe('Opening an IMAP connection', () => {
  it('logs in over TLS from the first octet', async () => {
    const server = new SmallImapServer(0)
    await using host = await serveTls(server.serve)
    const imap = await open(host.at({ tls: 'implicit', ca: CA }))

    await imap.close()

    assert.deepEqual(server.commands, [`LOGIN "tim" "${PASSWORD}"`, 'CAPABILITY', 'LOGOUT'])
  })

  it('T5 logs in after STARTTLS, and not before', async () => {
    const inside = new SmallImapServer(0)
    const outside: string[] = []
    await using host = await serve((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n')
      socket.once('data', (octets: Buffer) => {
        outside.push(octets.toString())
        socket.write('A1 OK go\r\n', () => {
          inside.serveGreeted(encrypt(socket))
        })
      })
    })
    const imap = await open(host.at({ tls: 'starttls', ca: CA }))

    await imap.close()

    assert.deepEqual(outside, ['A1 STARTTLS\r\n'])
    assert.equal(inside.commands[0], 'CAPABILITY')
    assert.equal(inside.count('LOGIN'), 1)
  })

  it('T1 T9 sends no password to a server that refuses STARTTLS', async () => {
    const server = new SmallImapServer(0, 'STARTTLS', (command) =>
      command === 'STARTTLS' ? 'BAD no' : undefined,
    )
    await using host = await serve(server.serve)

    await assert.rejects(open(host.at({ tls: 'starttls' })), TlsUnavailable)
    assert.deepEqual(server.commands, ['STARTTLS'])
  })

  it('T7 sends nothing to a server with the certificate of another', async () => {
    const server = new SmallImapServer(0)
    await using host = await serveTls(server.serve, { cert: fixture('wrong-host.crt') })

    await assert.rejects(open(host.at({ tls: 'implicit', ca: CA })), {
      code: 'TLS_FAILED',
      check: 'wrong-host',
    })
    assert.deepEqual(server.commands, [])
  })

  it('A15 shows no password in the log or in the error', async () => {
    const server = new SmallImapServer(0, 'IDLE', (command) =>
      command.startsWith('LOGIN') ? `NO what is ${PASSWORD}?` : undefined,
    )
    await using host = await serve(server.serve)
    const log: string[] = []

    await assert.rejects(open(host.at(), { log: (line) => log.push(line) }), (error) => {
      assert.doesNotMatch(inspect(error, { depth: 9 }), new RegExp(PASSWORD))
      return true
    })
    assert.ok(log.some((line) => line.startsWith('C: A1 LOGIN ********')))
    assert.ok(log.every((line) => !line.includes(PASSWORD)))
  })

  it('ends at the signal of the caller, and leaves no connection behind', async () => {
    const controller = new AbortController()
    const server = new SmallImapServer(0, 'IDLE', () => {
      controller.abort()
      return ''
    })
    await using host = await serve(server.serve)

    await assert.rejects(open(host.at(), { signal: controller.signal }), Aborted)
    await host.idle()
  })

  it('needs credentials', async () => {
    await assert.rejects(openImap({ host: '127.0.0.1', port: 1, tls: 'none' }), TypeError)
  })
})
