/** The mail host of this package, described as the real servers of a laboratory are, so that the suites for these run against it. */
import { join } from 'node:path'

import {
  type CommandFate,
  type HostEndpoint,
  type HostProtocol,
  type MailHost,
  type MailHostOptions,
  startMailHost,
} from '../../src/testing.ts'
import type { Laboratory, LabPort } from '../../test-servers/laboratory.ts'
import { fixture } from '../net/loopback.ts'

const USERS = [
  { address: 'hub@lab.test', password: 'hub-password' },
  { address: 'wh1@lab.test', password: 'wh1 "пароль" \\ {9}' },
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
  readonly laboratory: Laboratory
}

export async function startHostLaboratory(
  options: Pick<MailHostOptions, 'sizeLimitOctets'> = {},
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
  return { host, laboratory: describeHost(host) }
}

function describeHost(host: MailHost): Laboratory {
  return {
    name: 'localhost',
    ca: join(import.meta.dirname, '../fixtures/tls/ca.crt'),
    users: USERS.map(({ address, password }) => ({ address, login: address, password })),
    ports: [
      ...describePort('smtp', 'starttls', host.smtp),
      ...describePort('smtp', 'implicit', host.smtps),
      ...describePort('pop3', 'starttls', host.pop3),
      ...describePort('pop3', 'implicit', host.pop3s),
      ...describePort('imap', 'starttls', host.imap),
      ...describePort('imap', 'implicit', host.imaps),
    ],
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
  protocol: HostProtocol,
  tls: LabPort['tls'],
  endpoint: HostEndpoint | undefined,
): readonly LabPort[] {
  if (endpoint === undefined) return []
  const auth = ['PLAIN', 'LOGIN', ...(protocol === 'pop3' ? ['(USER/PASS)'] : [])]
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
