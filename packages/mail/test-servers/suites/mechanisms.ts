/** Every SASL mechanism that is not a matter of passwords alone, at every port that offers it, and what is chosen for a password. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'

import { AuthenticationFailed } from '../../src/errors.ts'
import { openImap } from '../../src/imap.ts'
import { openPop3 } from '../../src/pop3.ts'
import {
  type ClientCertificate,
  type MailCredentials,
  type MailServer,
  openSmtp,
  type PasswordMechanismName,
  Secret,
  type TokenMechanismName,
} from '../../src/smtp.ts'
import { BOUNDED, type Laboratory, type LabPort, mailboxAt, toMailServer } from '../laboratory.ts'

const TIMEOUT_MS = 120_000

/** What only some descriptions of a laboratory have. */
export interface MechanismLaboratory extends Laboratory {
  readonly users: readonly (Laboratory['users'][number] & { readonly token?: string })[]
  readonly tokens?: { readonly expired: string; readonly bad_signature: string }
  /** Whether one POP3 session at a time may have a maildrop (RFC 1939 §4). */
  readonly locksMaildrops?: boolean
  readonly client_cert?: { readonly cert: string; readonly key: string; readonly login: string }
}

const TOKEN_MECHANISMS: readonly TokenMechanismName[] = ['OAUTHBEARER', 'XOAUTH2']

/** Some at a time, unless a login locks others out. */
function timesOf({ locksMaildrops = false }: MechanismLaboratory): {
  readonly timeout: number
  readonly concurrency: number
} {
  return { timeout: TIMEOUT_MS, concurrency: locksMaildrops ? 1 : 4 }
}

/** Without a certificate of the client this port lets nobody in. */
const NEEDS_CERTIFICATE = 'postfix-mtls'

const OPENERS = { smtp: openSmtp, pop3: openPop3, imap: openImap } as const

/** Logs in and out again, and gives the mechanism that the client used. */
async function logIn(port: LabPort, server: MailServer): Promise<string> {
  const lines: string[] = []
  const options = { ...BOUNDED, log: (line: string) => lines.push(line) }
  const connection = await OPENERS[port.protocol](server, options)
  await connection.close()
  const command = /^C: (?:AUTH|A\d+ AUTHENTICATE) ([A-Z0-9-]+)/
  return lines.map((line) => command.exec(line)?.[1]).find(Boolean) ?? 'none'
}

function portsWith({ ports }: Laboratory, mechanism: string): readonly LabPort[] {
  return ports.filter(({ auth, id }) => auth.includes(mechanism) && id !== NEEDS_CERTIFICATE)
}

function serverFor(
  laboratory: Laboratory,
  port: LabPort,
  credentials: MailCredentials,
): MailServer {
  return { ...toMailServer(laboratory, port), credentials }
}

function certificateOf({ client_cert: files }: MechanismLaboratory): ClientCertificate {
  assert.ok(files)
  const key = new Secret(readFileSync(files.key, 'utf8'))
  return { certificate: readFileSync(files.cert, 'utf8'), key }
}

export function describeChoice(laboratory: MechanismLaboratory): void {
  const [user] = laboratory.users
  assert.ok(user)
  const order = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'DIGEST-MD5', 'CRAM-MD5', 'PLAIN', 'LOGIN']
  const ports = laboratory.ports.filter(
    ({ auth, id }) => order.some((name) => auth.includes(name)) && id !== NEEDS_CERTIFICATE,
  )

  describe('The choice of a mechanism', timesOf(laboratory), () => {
    for (const port of ports) {
      it(`A6 is the strongest one that works at ${port.id}`, async () => {
        const mailbox = mailboxAt(port, user)
        assert.ok(mailbox)

        const used = await logIn(port, toMailServer(laboratory, port, mailbox))

        assert.equal(
          used,
          order.find((name) => port.auth.includes(name)),
        )
      })
    }
  })
}

/** Cyrus binds to `tls-unique`, which is there up to TLS 1.2. */
export function describeBinding(laboratory: MechanismLaboratory): void {
  const [user] = laboratory.users
  assert.ok(user)

  describe('SCRAM bound to TLS 1.2', { timeout: TIMEOUT_MS }, () => {
    const usual = tls.DEFAULT_MAX_VERSION
    before(() => {
      tls.DEFAULT_MAX_VERSION = 'TLSv1.2'
    })
    after(() => {
      tls.DEFAULT_MAX_VERSION = usual
    })

    for (const mechanism of ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS'] as const) {
      for (const port of portsWith(laboratory, mechanism)) {
        it(`A6 is ${mechanism} at ${port.id}`, async () => {
          const mailbox = mailboxAt(port, user)
          assert.ok(mailbox)

          await logIn(port, toMailServer(laboratory, port, { ...mailbox, mechanism }))
        })
      }
    }

    for (const port of portsWith(laboratory, 'SCRAM-SHA-256-PLUS')) {
      it(`A6 is chosen at ${port.id}`, async () => {
        const mailbox = mailboxAt(port, user)
        assert.ok(mailbox)
        const strongest: PasswordMechanismName = 'SCRAM-SHA-256-PLUS'

        assert.equal(await logIn(port, toMailServer(laboratory, port, mailbox)), strongest)
      })
    }
  })
}

export function describeTokens(laboratory: MechanismLaboratory): void {
  const user = laboratory.users.find(({ token }) => token !== undefined)
  const { tokens } = laboratory
  if (user?.token === undefined || tokens === undefined) return
  const { login, token: fresh } = user

  describe('A token', timesOf(laboratory), () => {
    for (const mechanism of TOKEN_MECHANISMS) {
      for (const port of portsWith(laboratory, mechanism)) {
        const bearer = (token: string): MailCredentials => ({
          kind: 'token',
          user: login,
          token: new Secret(token),
          mechanism,
        })

        it(`A8 is taken by ${mechanism} at ${port.id}`, async () => {
          await logIn(port, serverFor(laboratory, port, bearer(fresh)))
        })

        it(`A8 that is forged is refused by ${mechanism} at ${port.id}`, async () => {
          const opening = logIn(port, serverFor(laboratory, port, bearer(tokens.bad_signature)))

          await assert.rejects(opening, (error) => {
            assert.ok(error instanceof AuthenticationFailed, String(error))
            assert.equal(error.transient, false)
            assert.ok(!error.message.includes(tokens.bad_signature.slice(0, 12)))
            return true
          })
        })

        it(`A8 that has expired is replaced at ${port.id}, by ${mechanism}`, async () => {
          const requests: boolean[] = []
          const credentials: MailCredentials = {
            kind: 'token',
            user: login,
            mechanism,
            token: ({ isRefused }) => {
              requests.push(isRefused)
              return new Secret(isRefused ? fresh : tokens.expired)
            },
          }

          await logIn(port, serverFor(laboratory, port, credentials))

          assert.deepEqual(requests, [false, true])
        })
      }
    }
  })
}

export function describeWithoutPassword(laboratory: MechanismLaboratory): void {
  describe('A login without a password', timesOf(laboratory), () => {
    for (const port of portsWith(laboratory, 'ANONYMOUS')) {
      it(`A13 is possible for anybody at ${port.id}`, async () => {
        const credentials = { kind: 'anonymous', trace: 'tester@lab.test' } as const

        assert.equal(await logIn(port, serverFor(laboratory, port, credentials)), 'ANONYMOUS')
      })
    }

    const encrypted = laboratory.ports.filter(
      ({ server, tls: security }) =>
        security !== 'none' && /^(?:dovecot|exim|mail host)$/.test(server),
    )
    for (const port of laboratory.client_cert === undefined ? [] : encrypted) {
      it(`A14 is possible with a client certificate at ${port.id}`, async () => {
        const authorizationId = laboratory.client_cert?.login ?? ''
        const server = {
          ...serverFor(laboratory, port, { kind: 'external', authorizationId }),
          clientCertificate: certificateOf(laboratory),
        } as const

        assert.equal(await logIn(port, server), 'EXTERNAL')
      })
    }

    for (const port of laboratory.ports.filter(({ id }) => id === NEEDS_CERTIFICATE)) {
      it(`T7 shows a client certificate to ${port.id}`, async () => {
        const clientCertificate = certificateOf(laboratory)
        const server = { ...toMailServer(laboratory, port), clientCertificate }

        assert.equal(await logIn(port, server), 'none')
      })
    }
  })
}
