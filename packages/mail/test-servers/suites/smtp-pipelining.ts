/** Many letters under way at once, with DATA and with BDAT (RFC 2920, RFC 3030): each arrives once and unchanged, and each has an outcome of its own. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { openSmtp, type SmtpConnection, type SmtpOptions } from '../../src/smtp.ts'
import {
  assertArrived,
  type Correspondence,
  correspondenceOf,
  type SentLetter,
  unchanging,
} from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  lettersPerConnection,
  onePerSecurity,
  onePerServer,
  sendingPorts,
  takesChunks,
} from '../laboratory.ts'
import { envelopeOf, newLetter, rawLetter, send, senderAt } from '../letters.ts'

const TIMEOUT_MS = 120_000

/** More than a server's window, and than it takes in one reading. */
const AT_ONCE = 50

/** More than a chunk holds, and no multiple of it. */
const LARGE_FILE_OCTETS = 600_001

const ONE_BY_ONE = 4

/** What stuffing, line mending or counting of octets could get wrong. */
const BODIES = [
  '',
  'x',
  '.',
  '..\r\n.',
  '.\r\n..\r\n.a\r\n\r\n.\r\n...\r\n',
  `${'.'.repeat(998)}\r\n.`,
  'one\rtwo\nthree\r\rfour\n\nfive\r\n.\nsix\n.\nseven\r.\r\neight\n.\r\nnine\r',
  '\r\n.\r\nMAIL FROM:<>\r\nBDAT 5 LAST\r\n.\r\n',
]

/** A port, and whether letters go to it in chunks. */
interface Way {
  readonly name: string
  readonly port: LabPort
  readonly options: SmtpOptions
}

export function describePipelining(laboratory: Laboratory): void {
  const correspondence = correspondenceOf(laboratory)
  const { from, to, envelope, maildropServer } = correspondence
  const ports = sendingPorts(laboratory)

  describe('Letters under way at once', { timeout: TIMEOUT_MS }, () => {
    for (const { name, port, options } of waysOf(onePerServer(ports))) {
      it(`arrive all, once and unchanged: ${AT_ONCE} by ${name}`, async () => {
        const letters = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, index) => letterOf(correspondence, index)),
        )
        const perConnection = lettersPerConnection(port)

        for (let first = 0; first < AT_ONCE; first += perConnection) {
          await using connection = await openSmtp(senderAt(laboratory, port), options)
          const together = letters.slice(first, first + perConnection)
          await assertAccepted(together.map((letter) => send(connection, envelope, letter)))
        }

        await assertArrived(maildropServer, letters)
      })
    }

    for (const { name, port, options } of waysOf(onePerServer(ports))) {
      it(`are no different from letters one after the other, by ${name}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), options)
        const letters: SentLetter[] = []
        for (let index = 0; index < ONE_BY_ONE; index += 1) {
          const letter = await letterOf(correspondence, index * 2 + 1)
          letters.push(letter)
          await assertAccepted([send(connection, envelope, letter)])
        }

        await assertArrived(maildropServer, letters)
      })
    }

    for (const { name, port, options } of waysOf(onePerServer(ports))) {
      it(`may be larger than a chunk, by ${name}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), options)
        const letters = await Promise.all(
          [1, LARGE_FILE_OCTETS, 1].map((fileOctets) =>
            unchanging(newLetter(from, to, { fileOctets })),
          ),
        )

        await assertAccepted(letters.map((letter) => send(connection, envelope, letter)))

        await assertArrived(maildropServer, letters)
      })
    }
  })
}

export function describeRefusalsBetween(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const [field] = Object.keys(laboratory.headers ?? {}).filter((name) => /refuse/i.test(name))
  const [blocked] = Object.keys(laboratory.senders ?? {})
  const unknown = Object.keys(laboratory.recipients ?? {}).find((name) =>
    name.startsWith('unknown@'),
  )
  if (field === undefined || blocked === undefined || unknown === undefined) return
  const [name = '', value = ''] = field.split(': ')
  // OpenSMTPD has none of these refusals.
  const ports = onePerSecurity(sendingPorts(laboratory)).filter(
    ({ server }) => server !== 'opensmtpd',
  )

  describe('A letter that is refused between others', { timeout: TIMEOUT_MS }, () => {
    for (const way of waysOf(ports)) {
      it(`for its content changes nothing for them, by ${way.name}`, async () => {
        const refused = newLetter(from, to, { headerFields: [{ name, value }] })

        await checkThird(way, async (connection) => {
          assert.deepEqual(await send(connection, envelope, refused), ['rejected 550'])
        })

        await assertArrived(maildropServer, [], [refused])
      })

      it(`for its sender changes nothing for them, by ${way.name}`, async () => {
        const refused = newLetter(from, to)

        await checkThird(way, async (connection) => {
          const outcomes = await send(connection, envelopeOf(blocked, to, from), refused)
          assert.deepEqual(outcomes, ['rejected 550', 'rejected 550'])
        })

        await assertArrived(maildropServer, [], [refused])
      })

      it(`for its recipients changes nothing for them, by ${way.name}`, async () => {
        const refused = newLetter(from, to)

        await checkThird(way, async (connection) => {
          const nobody = envelopeOf(from, unknown, `no-${unknown}`)
          const outcomes = await send(connection, nobody, refused)
          assert.deepEqual(outcomes, ['rejected 550', 'rejected 550'])
        })

        await assertArrived(maildropServer, [], [refused])
      })
    }
  })

  /** Six letters at once, of which the third is another's matter. */
  async function checkThird(
    { port, options }: Way,
    sendThird: (connection: SmtpConnection) => Promise<void>,
  ): Promise<void> {
    await using connection = await openSmtp(senderAt(laboratory, port), options)
    const letters = await Promise.all(
      Array.from({ length: 5 }, () => unchanging(newLetter(from, to))),
    )
    const outcomes = letters.slice(0, 2).map((letter) => send(connection, envelope, letter))
    const third = sendThird(connection)
    outcomes.push(...letters.slice(2).map((letter) => send(connection, envelope, letter)))

    await Promise.all([third, assertAccepted(outcomes)])

    await assertArrived(maildropServer, letters)
  }
}

async function assertAccepted(outcomes: readonly Promise<readonly string[]>[]): Promise<void> {
  assert.deepEqual(
    await Promise.all(outcomes),
    outcomes.map(() => ['accepted 250']),
  )
}

/** Now a letter that this package composed, now one that it has to look at. */
function letterOf({ from, to }: Correspondence, index: number): Promise<SentLetter> {
  if (index % 2 === 0) return unchanging(newLetter(from, to))
  const body = BODIES[((index - 1) / 2) % BODIES.length] ?? ''
  const letter = rawLetter(body, { from, to })
  return unchanging(letter).then(({ arrives }) => ({
    ...letter,
    arrives: mended(Buffer.from(arrives)),
  }))
}

/** Every line end is CRLF, also the last. */
function mended(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n')
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1')
}

function waysOf(ports: readonly LabPort[]): readonly Way[] {
  return ports.flatMap((port): readonly Way[] => {
    const data = {
      name: `${port.id} with DATA`,
      port,
      options: { ...BOUNDED, chunking: 'never' },
    } as const
    return takesChunks(port)
      ? [data, { name: `${port.id} with BDAT`, port, options: BOUNDED }]
      : [data]
  })
}
