/** Many letters over a few connections (`SmtpPool`), with servers that end connections when they like. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpPool } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, type SentLetter, unchanging } from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  lettersPerConnection,
  onePerServer,
  passwordPorts,
} from '../laboratory.ts'
import { newLetter, rawLetter, senderAt, shown } from '../letters.ts'
import { startSocks5 } from '../proxies.ts'

const TIMEOUT_MS = 120_000

const LETTERS = 200
const CONNECTIONS = 3

export function describePool(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const ports = onePerServer(passwordPorts(laboratory, 'smtp')).filter(
    ({ server }) => server !== 'dovecot',
  )

  describe('A pool of connections', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      it(`brings ${LETTERS} letters to ${port.id}, each once`, async () => {
        const letters = await Promise.all(
          Array.from({ length: LETTERS }, (_, index) =>
            unchanging(
              index % 2 === 0
                ? newLetter(from, to, { fileOctets: 100 })
                : rawLetter('.\r\n', { from, to }),
            ),
          ),
        )
        let most = 0
        await using pool = new SmtpPool(senderAt(laboratory, port), {
          ...BOUNDED,
          maxConnections: CONNECTIONS,
          maxLettersPerConnection: lettersPerConnection(port),
        })
        const sendOne = async ({ content }: SentLetter): Promise<readonly string[]> => {
          const { recipients } = await pool.send(envelope, content())
          most = Math.max(most, pool.connectionCount)
          return recipients.map(shown)
        }

        const outcomes = await Promise.all(letters.map(sendOne))

        assert.deepEqual(
          outcomes,
          letters.map(() => ['accepted 250']),
        )
        assert.equal(most, CONNECTIONS)
        await assertArrived(maildropServer, letters)
      })

      it(`replaces a connection to ${port.id} that was ended while it was idle`, async () => {
        await using running = await startSocks5()
        const proxy = { kind: 'socks5', host: '127.0.0.1', port: running.port } as const
        await using pool = new SmtpPool({ ...senderAt(laboratory, port), proxy }, BOUNDED)
        const letters = await Promise.all([1, 2].map(() => unchanging(newLetter(from, to))))

        for (const { content } of letters) {
          const { recipients } = await pool.send(envelope, content())
          assert.deepEqual(recipients.map(shown), ['accepted 250'])
          await running.hangUp()
        }

        assert.equal(running.targets.length, letters.length)
        await assertArrived(maildropServer, letters)
      })
    }
  })
}
