import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import zlib from 'node:zlib'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { DeadlineExceeded } from '../../src/net/errors.ts'
import { openImap } from '../../src/net/imap-client.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'
import { SequenceSet } from '../../src/imap/number-set.ts'
import { credentials, openInbox, SmallImapServer } from './imap-server.ts'
import { serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

/** What the server's side of COMPRESS does to its octets: by default what it has to. */
type Behaviour = (deflated: zlib.DeflateRaw, socket: Duplex) => void

/** A server that compresses once it was asked to; everything before goes through as it is. */
function compressing(
  inner: SmallImapServer,
  behave: Behaviour = () => undefined,
): (socket: Duplex) => void {
  return (socket) => {
    const [near, far] = duplexPair()
    let deflated: zlib.DeflateRaw | undefined
    let inflated: zlib.InflateRaw | undefined
    socket.on('error', () => near.destroy())
    socket.on('end', () => near.end())
    near.on('end', () => socket.end())
    socket.on('data', (octets: Buffer) => {
      const tag = /^(\S+) COMPRESS DEFLATE\r\n$/.exec(octets.toString('latin1'))?.[1]
      if (inflated !== undefined || tag === undefined) {
        if (inflated === undefined) near.write(octets)
        else inflated.write(octets)
        return
      }
      inner.commands.push('COMPRESS DEFLATE')
      deflated = zlib.createDeflateRaw()
      inflated = zlib.createInflateRaw()
      inflated.on('data', (plain: Buffer) => near.write(plain))
      // In one packet with what comes behind it, compressed.
      const first: Buffer[] = [Buffer.from(`${tag} OK DEFLATE active\r\n`)]
      deflated.on('data', (packed: Buffer) => {
        if (first.length === 0) socket.write(packed)
        else socket.write(Buffer.concat([...first.splice(0), packed]))
      })
      deflated.write('* OK [ALERT] compressed from here\r\n')
      deflated.flush(zlib.constants.Z_SYNC_FLUSH)
      behave(deflated, socket)
    })
    near.on('data', (octets: Buffer) => {
      if (deflated === undefined) {
        socket.write(octets)
        return
      }
      deflated.write(octets)
      deflated.flush(zlib.constants.Z_SYNC_FLUSH)
    })
    inner.serve(far)
  }
}

describe('A compressed IMAP session', () => {
  it('I13 begins with the octet behind the consent', async () => {
    const server = new SmallImapServer(300, 'IDLE COMPRESS=DEFLATE')
    await using host = await serve(compressing(server))
    await using opened = await openInbox(host, { compress: true })

    let letters = 0
    for await (const { header } of opened.inbox.fetch(SequenceSet.from(1), { header: 'all' })) {
      if (header !== undefined) letters += 1
    }

    assert.equal(letters, 300)
    assert.equal(
      server.commands.at(server.commands.indexOf('COMPRESS DEFLATE') + 1),
      'SELECT "INBOX"',
    )
  })

  it('I13 is there for who asks, and where the server has it', async () => {
    const plain = new SmallImapServer(3, 'IDLE')
    const server = new SmallImapServer(3, 'IDLE COMPRESS=DEFLATE')
    await using plainHost = await serve(plain.serve)
    await using host = await serve(compressing(server))

    await using asked = await openInbox(plainHost, { compress: true })
    await using unasked = await openInbox(host)

    assert.equal(asked.inbox.exists + unasked.inbox.exists, 6)
    assert.equal(plain.count('COMPRESS') + server.count('COMPRESS'), 0)
  })

  it('I13 goes on as it was when the server does not want it', async () => {
    const server = new SmallImapServer(3, 'IDLE COMPRESS=DEFLATE', (command) =>
      command === 'COMPRESS DEFLATE' ? 'NO [COMPRESSIONACTIVE] TLS does it' : undefined,
    )
    await using host = await serve(server.serve)
    await using opened = await openInbox(host, { compress: true })

    assert.equal(opened.inbox.exists, 3)
  })

  it('M9 is over when too much comes out of too little', async () => {
    const server = new SmallImapServer(3, 'IDLE COMPRESS=DEFLATE')
    const bomb = compressing(server, (deflated) => {
      deflated.write(`* OK ${' '.repeat(4_000_000)}`)
      deflated.flush(zlib.constants.Z_SYNC_FLUSH)
    })
    await using host = await serve(bomb)
    const limits = { maxInflatedOctets: 100_000 }
    const opened = openInbox(host, { compress: true, limits })

    await assert.rejects(
      opened,
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxInflatedOctets',
    )
  })

  it('M9 is over in time when octets come and nothing comes out of them', async () => {
    // A block of no octets, as it stands (RFC 1951 §3.2.4).
    const nothing = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff])
    const server = new SmallImapServer(3, 'IDLE COMPRESS=DEFLATE')
    const talkative = compressing(server, (deflated, socket) => {
      const talk = (): void => {
        if (!socket.writable) return
        if (socket.write(nothing)) setImmediate(talk)
        else socket.once('drain', talk)
      }
      deflated.flush(zlib.constants.Z_SYNC_FLUSH, talk)
      socket.on('data', () => deflated.destroy())
    })
    await using host = await serve(talkative)
    const opened = openInbox(host, { compress: true, deadlines: { commandMs: 100 } })

    await assert.rejects(
      opened,
      (error) => error instanceof DeadlineExceeded && error.phase === 'receive',
    )
  })

  it('I13 is over when the octets are not compressed, or the compression ends', async () => {
    const open = async (behave: Behaviour): Promise<unknown> => {
      const server = new SmallImapServer(3, 'IDLE COMPRESS=DEFLATE')
      await using host = await serve(compressing(server, behave))
      const imap = await openImap(host.at({ credentials }), {
        compress: true,
        totalTimeoutMs: 10_000,
      })
      try {
        return await imap.select('INBOX')
      } finally {
        await imap.close()
      }
    }

    await assert.rejects(
      open((deflated, socket) => {
        deflated.flush(zlib.constants.Z_SYNC_FLUSH, () => socket.write('* OK in clear text\r\n'))
      }),
      ProtocolViolation,
    )
    await assert.rejects(
      open((deflated, socket) => {
        const end = Buffer.concat([zlib.deflateRawSync(''), Buffer.from('and something behind it')])
        deflated.flush(zlib.constants.Z_SYNC_FLUSH, () => socket.write(end))
      }),
      ConnectionLost,
    )
  })
})
