/** The mail host of this package, described as the real servers of a laboratory are, so that the suites for these run against it. */
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'

import {
  type CommandFate,
  type HostEndpoint,
  type HostMechanism,
  type HostProtocol,
  type MailHost,
  type MailHostOptions,
  startMailHost,
} from '../../src/testing.ts'
import type { LabPort } from '../../test-servers/laboratory.ts'
import type { MechanismLaboratory } from '../../test-servers/suites/mechanisms.ts'
import { fixture } from '../net/loopback.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/tls')

const USERS = [
  {
    address: 'hub@lab.test',
    password: 'hub-password',
    token: 'bmV3LXRva2Vu',
    certificateFingerprint: new X509Certificate(fixture('server.crt')).fingerprint256,
  },
  { address: 'wh1@lab.test', password: 'wh1 "пароль" \\ {9}' },
]

/** All that the host can be told to offer. */
export const ALL_MECHANISMS: readonly HostMechanism[] = [
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
  'DIGEST-MD5',
  'SCRAM-SHA-1',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-256-PLUS',
  'OAUTHBEARER',
  'XOAUTH2',
  'EXTERNAL',
]

const REFUSALS: Readonly<Record<string, string>> = {
  'MAIL FROM:<blocked@lab.test>': '550 5.7.1 this sender is not wanted here',
  'RCPT TO:<refused@lab.test>': '550 5.7.1 not this one',
  'RCPT TO:<deferred@lab.test>': '450 4.2.1 not now',
  'RCPT TO:<moved@lab.test>': '551 5.1.6 gone elsewhere',
}

/** The host, and where it listens. */
export interface HostLaboratory {
  readonly host: MailHost
  readonly laboratory: MechanismLaboratory
}

export async function startHostLaboratory(
  options: Pick<MailHostOptions, 'sizeLimitOctets' | 'mechanisms'> = {},
): Promise<HostLaboratory> {
  const host = await startMailHost({
    accounts: USERS,
    tls: { key: fixture('server.key'), cert: fixture('server.crt') },
    requiresLogin: true,
    ...options,
    onCommand: (_protocol, line) => fateOf(line),
    onLetter: ({ octets }) =>
      Buffer.from(octets).includes('\r\nX-Lab-Refuse: ')
        ? { kind: 'refuse', code: 550, text: '5.7.1 not with this field' }
        : { kind: 'deliver' },
  })
  return { host, laboratory: describeHost(host, options.mechanisms ?? ['PLAIN', 'LOGIN']) }
}

function describeHost(host: MailHost, mechanisms: readonly HostMechanism[]): MechanismLaboratory {
  const port = (protocol: HostProtocol, tls: LabPort['tls'], endpoint: HostEndpoint | undefined) =>
    describePort({ protocol, tls, mechanisms }, endpoint)
  const files = { cert: join(FIXTURES, 'server.crt'), key: join(FIXTURES, 'server.key') }
  return {
    name: 'localhost',
    ca: join(FIXTURES, 'ca.crt'),
    users: USERS.map((user) => ({ ...user, login: user.address })),
    tokens: { expired: 'b2xkLXRva2Vu', bad_signature: 'Zm9yZ2VkLXRva2Vu' },
    client_cert: { ...files, login: 'hub@lab.test' },
    ports: [
      ...port('smtp', 'starttls', host.smtp),
      ...port('smtp', 'implicit', host.smtps),
      ...port('pop3', 'starttls', host.pop3),
      ...port('pop3', 'implicit', host.pop3s),
      ...port('imap', 'starttls', host.imap),
      ...port('imap', 'implicit', host.imaps),
    ],
    locksMaildrops: true,
    recipients: {
      'unknown@lab.test': '550: there is no such mailbox',
      'refused@lab.test': '550',
      'deferred@lab.test': '450',
      'moved@lab.test': '551',
    },
    senders: { 'blocked@lab.test': '550' },
    headers: { 'X-Lab-Refuse: permanent': '550' },
  }
}

function fateOf(line: string): CommandFate {
  const reply = REFUSALS[/^[^>]*>/.exec(line)?.[0] ?? '']
  return reply === undefined ? 'proceed' : { reply }
}

function describePort(
  {
    protocol,
    tls,
    mechanisms,
  }: Pick<LabPort, 'protocol' | 'tls'> & { readonly mechanisms: readonly HostMechanism[] },
  endpoint: HostEndpoint | undefined,
): readonly LabPort[] {
  if (endpoint === undefined) return []
  const auth = [...mechanisms, ...(protocol === 'pop3' ? ['(USER/PASS)'] : [])]
  return [
    {
      ...endpoint,
      id: `${protocol} ${tls}`,
      server: 'mail host',
      protocol,
      tls,
      auth,
      auth_clear: [],
    },
  ]
}
