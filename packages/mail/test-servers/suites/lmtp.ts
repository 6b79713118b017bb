/** Delivery into a mailbox store by LMTP (RFC 2033), which answers for each recipient by itself. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'

import { formatEnhancedStatus, openSmtp, type RecipientOutcome } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, unchanging } from '../arrivals.ts'
import { composeAll } from '../composed-letters.ts'
import { BOUNDED, type Laboratory, passwordPorts, toMailServer } from '../laboratory.ts'
import { envelopeOf, newLetter, send } from '../letters.ts'
import { awaitLetters, deleteLetters } from '../maildrops.ts'
import { startRelay } from '../proxies.ts'

const TIMEOUT_MS = 60_000

/** Where Dovecot listens, below the folder of the laboratory. */
const SOCKET = join('dovecot', 'run', 'lmtp')

/** More than quota@ has room for. */
const TOO_LARGE_FILE_OCTETS = 20_000

interface LmtpLaboratory extends Laboratory {
  readonly logs?: string
}

export function describeLmtp(laboratory: LmtpLaboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const third = laboratory.users[2]
  const socket = join(dirname(laboratory.logs ?? ''), SOCKET)
  const sockets = laboratory.logs !== undefined && existsSync(socket) ? [socket] : []

  describe('LMTP', { timeout: TIMEOUT_MS }, () => {
    for (const path of sockets) {
      for (const chunking of ['when-offered', 'never'] as const) {
        const options = { ...BOUNDED, protocol: 'lmtp', chunking } as const

        it(`delivers letters of every kind, with CHUNKING ${chunking}`, async () => {
          await using relay = await startRelay(path)
          const server = { host: '127.0.0.1', port: relay.port, tls: 'none' } as const
          await using connection = await openSmtp(server, options)
          const letters = await composeAll(from, to)

          const outcomes = await Promise.all(
            letters.map((letter) => send(connection, envelope, letter)),
          )

          assert.deepEqual(
            outcomes,
            letters.map(() => ['accepted 250']),
          )
          await assertArrived(maildropServer, letters)
        })

        it(`has an outcome of its own for each recipient, with CHUNKING ${chunking}`, async () => {
          assert.ok(third)
          await using relay = await startRelay(path)
          const server = { host: '127.0.0.1', port: relay.port, tls: 'none' } as const
          await using connection = await openSmtp(server, options)
          const letter = await unchanging(
            newLetter(from, to, { fileOctets: TOO_LARGE_FILE_OCTETS }),
          )
          const next = await unchanging(newLetter(from, to))
          const many = envelopeOf(
            from,
            'unknown@lab.test',
            to,
            'quota@lab.test',
            third.address,
            'nobody@lab.test',
          )

          const { recipients } = await connection.send(many, letter.content())
          const after = await send(connection, envelope, next)

          assert.deepEqual(recipients.map(withStatus), [
            'rejected 550 5.1.1',
            'accepted 250 2.0.0',
            'rejected 552 5.2.2',
            'accepted 250 2.0.0',
            'rejected 550 5.1.1',
          ])
          assert.deepEqual(after, ['accepted 250'])
          await assertArrived(maildropServer, [letter, next])
          await deleteLetters(await awaitLetters(thirdMaildrop(), [letter]))
        })
      }
    }
  })

  function thirdMaildrop(): ReturnType<typeof toMailServer> {
    const [pop3] = passwordPorts(laboratory, 'pop3')
    assert.ok(pop3 && third)
    return toMailServer(laboratory, pop3, { user: third.login, password: third.password })
  }
}

function withStatus({ kind, reply }: RecipientOutcome): string {
  const status = reply?.enhancedStatus
  return `${kind} ${reply?.code} ${status === undefined ? '' : formatEnhancedStatus(status)}`
}
