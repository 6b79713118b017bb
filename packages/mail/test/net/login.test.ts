import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import { AuthenticationFailed, DeadlineExceeded } from '../../src/errors.ts'
import type { ChannelBindingType } from '../../src/sasl/environment.ts'
import { openSmtp, Secret } from '../../src/smtp.ts'
import type { MailCredentials, TokenRequest } from '../../src/smtp.ts'
import { CA, encrypt, fixture, serve, serveTls } from './loopback.ts'
import { bindingAt, challengeScram, serveGreetedLogin, serveLogin } from './login-server.ts'
import type { Challenger } from './login-server.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const PLUS = 'SCRAM-SHA-256-PLUS SCRAM-SHA-256'
const credentials: MailCredentials = { user: 'user', password: new Secret('pencil') }
const trusted = { host: 'localhost', tls: 'implicit', ca: CA, credentials } as const

async function logIn(opening: ReturnType<typeof openSmtp>): Promise<void> {
  await (await opening).close()
}

describe('A login that is bound to its connection', () => {
  const cases: readonly {
    name: string
    version: tls.SecureVersion
    type: ChannelBindingType
    wanted?: ChannelBindingType
  }[] = [
    { name: 'TLS 1.3', version: 'TLSv1.3', type: 'tls-exporter' },
    { name: 'TLS 1.2', version: 'TLSv1.2', type: 'tls-unique' },
    {
      name: 'the certificate, when that is wanted',
      version: 'TLSv1.3',
      type: 'tls-server-end-point',
      wanted: 'tls-server-end-point',
    },
  ]
  for (const { name, version, type, wanted } of cases) {
    it(`A6 uses ${type} with ${name}`, async () => {
      const used: string[] = []
      await using server = await serveTls(
        (socket) =>
          serveLogin(socket, PLUS, (mechanism) => {
            used.push(mechanism)
            return challengeScram({ type, octets: bindingAt(socket, type) })
          }),
        { minVersion: version, maxVersion: version },
      )

      await logIn(openSmtp(server.at({ ...trusted, ...(wanted && { channelBinding: wanted }) })))

      assert.deepEqual(used, ['SCRAM-SHA-256-PLUS'])
    })
  }

  it('A6 is one after STARTTLS too', async () => {
    await using server = await serve((socket) => {
      const answers = ['220 mail', '250-mail\r\n250 STARTTLS', '220 go']
      socket.write(`${answers.shift()}\r\n`)
      socket.on('data', () => {
        socket.write(`${answers.shift()}\r\n`)
        if (answers.length > 0) return
        socket.removeAllListeners('data')
        const secured = encrypt(socket)
        secured.once('secure', () => greetAgain(secured))
      })
    })
    const greetAgain = (secured: tls.TLSSocket): void =>
      serveGreetedLogin(secured, PLUS, () =>
        challengeScram({ type: 'tls-exporter', octets: bindingAt(secured, 'tls-exporter') }),
      )

    await logIn(openSmtp(server.at({ ...trusted, tls: 'starttls' })))
  })

  it('A6 fails when somebody with a trusted certificate stands in between', async () => {
    await using server = await serveTls((socket) =>
      serveLogin(socket, PLUS, () =>
        challengeScram({ type: 'tls-exporter', octets: bindingAt(socket, 'tls-exporter') }),
      ),
    )
    await using impostor = await serveTls((socket) => {
      const onwards = tls.connect({ host: 'localhost', port: server.port, ca: CA })
      onwards.on('error', () => socket.destroy())
      socket.pipe(onwards).pipe(socket)
    })

    await assert.rejects(openSmtp(impostor.at(trusted)), {
      name: 'AuthenticationFailed',
      mechanism: 'SCRAM-SHA-256-PLUS',
      message: /e=channel-bindings-dont-match/,
      hint: /channelBinding to 'none'/,
    })
  })

  for (const { name, offered, flag, changes } of [
    {
      name: 'is told of a binding that was possible',
      offered: 'SCRAM-SHA-256',
      flag: 'y',
      changes: {},
    },
    {
      name: 'is told of none where none is wanted',
      offered: PLUS,
      flag: 'n',
      changes: { channelBinding: 'none' },
    },
  ] as const) {
    it(`A6 ${name}`, async () => {
      const firsts: string[] = []
      await using server = await serveTls((socket) =>
        serveLogin(socket, offered, () => remember(firsts, challengeScram())),
      )

      await logIn(openSmtp(server.at({ ...trusted, ...changes })))

      assert.equal(firsts[0]?.[0], flag)
    })
  }
})

describe('A login with a client certificate', () => {
  const clientCertificate = { certificate: fixture('server.crt'), key: fixture('server.key') }

  it('A14 shows it in the handshake', async () => {
    const seen: string[] = []
    await using server = await serveTls(
      (socket) =>
        serveLogin(socket, 'EXTERNAL', () => (identity) => {
          const { CN } = socket.getPeerCertificate().subject
          seen.push(`${String(CN)} ${identity}`)
          return { reply: '235 ok' }
        }),
      { requestCert: true, rejectUnauthorized: false },
    )
    const key = new Secret(clientCertificate.key)

    for (const external of [{}, { authorizationId: 'office' }]) {
      const asked = server.at({
        ...trusted,
        clientCertificate: { ...clientCertificate, key },
        credentials: { kind: 'external', ...external },
      })
      await logIn(openSmtp(asked))
    }

    assert.match(seen.join(), /^(?<name>[^ ]+) ,\k<name> office$/)
  })

  it('that can not be read is refused before anything is sent', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    await using server = await serveTls(() => assert.fail('something was sent'))
    const broken = { ...trusted, clientCertificate: { ...clientCertificate, key } }

    await assert.rejects(openSmtp(server.at(broken)), {
      name: 'TypeError',
      message: "the client certificate and its key can't be used together",
    })
  })
})

describe('A login with a token provider', () => {
  const bearer = (token: string): Secret => new Secret(token)

  it('A8 asks again, once, when the token was refused', async () => {
    const requests: boolean[] = []
    const token = async ({ isRefused }: TokenRequest): Promise<Secret> => {
      requests.push(isRefused)
      return bearer(isRefused ? 'new' : 'old')
    }
    await using server = await serveTls((socket) => serveLogin(socket, 'XOAUTH2', acceptNew))

    await logIn(
      openSmtp(server.at({ ...trusted, credentials: { kind: 'token', user: 'user', token } })),
    )

    assert.deepEqual(requests, [false, true])
  })

  it('ends with DeadlineExceeded when the provider hangs, and tells the provider', async () => {
    let signal: AbortSignal | undefined
    const token = async (request: TokenRequest): Promise<Secret> => {
      signal = request.signal
      return new Promise(() => undefined)
    }
    await using server = await serveTls((socket) => serveLogin(socket, 'XOAUTH2', acceptNew))
    const opening = openSmtp(
      server.at({ ...trusted, credentials: { kind: 'token', user: 'user', token } }),
      { deadlines: { tokenMs: 20 } },
    )

    await assert.rejects(
      opening,
      (error) => error instanceof DeadlineExceeded && error.phase === 'token',
    )
    assert.equal(signal?.aborted, true)
  })

  it('A10 does not try a fixed token twice', async () => {
    let attempts = 0
    await using server = await serveTls((socket) =>
      serveLogin(socket, 'XOAUTH2', () => {
        attempts += 1
        return acceptNew()
      }),
    )
    const fixed = { kind: 'token', user: 'user', token: bearer('old') } as const

    await assert.rejects(
      openSmtp(server.at({ ...trusted, credentials: fixed })),
      AuthenticationFailed,
    )
    assert.equal(attempts, 1)
  })
})

it('A5 the iterations that SCRAM may ask for can be set', async () => {
  await using server = await serveTls((socket) =>
    serveLogin(socket, 'SCRAM-SHA-256', () => challengeScram()),
  )
  const limits = { minScramIterations: 10_000 }

  await assert.rejects(openSmtp(server.at(trusted), { limits }), {
    name: 'AuthenticationFailed',
    message: /4096 iterations, fewer than 10000 \(limits\.minScramIterations\)$/,
  })
})

function acceptNew(): Challenger {
  return (text) => {
    if (text.includes('Bearer new')) return { reply: '235 ok' }
    return text === '' ? { reply: '535 no' } : { challenge: '{"status":"401"}' }
  }
}

function remember(firsts: string[], challenger: Challenger): Challenger {
  return (text) => {
    firsts.push(text)
    return challenger(text)
  }
}
