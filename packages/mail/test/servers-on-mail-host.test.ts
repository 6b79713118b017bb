/** The suites for real mail servers, against the mail host of this package: it is used in their place by everybody's tests. */
import { join } from 'node:path'
import { after } from 'node:test'

import { type CommandFate, type HostEndpoint, startMailHost } from '../src/testing.ts'
import type { Laboratory, LabPort } from '../test-servers/laboratory.ts'
import { describePop3Login, describePop3Policy } from '../test-servers/suites/pop3-login.ts'
import { describePop3Deletion, describePop3Maildrop } from '../test-servers/suites/pop3-maildrop.ts'
import { describeMissingExtensions } from '../test-servers/suites/smtp-extensions.ts'
import { describeSmtpLimits } from '../test-servers/suites/smtp-limits.ts'
import { describeSmtpLogin, describeSmtpPolicy } from '../test-servers/suites/smtp-login.ts'
import {
  describePipelining,
  describeRefusalsBetween,
} from '../test-servers/suites/smtp-pipelining.ts'
import {
  describeSmtpRecipients,
  describeSmtpRefusals,
} from '../test-servers/suites/smtp-recipients.ts'
import { describeSmtpSending } from '../test-servers/suites/smtp-sending.ts'
import { describeTls } from '../test-servers/suites/tls.ts'
import { fixture } from './net/loopback.ts'

/** Little, so that a letter that is too large is soon made. */
const SIZE_LIMIT_OCTETS = 1_000_000

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

const host = await startMailHost({
  accounts: USERS,
  tls: { key: fixture('server.key'), cert: fixture('server.crt') },
  requiresLogin: true,
  sizeLimitOctets: SIZE_LIMIT_OCTETS,
  onCommand: (_protocol, line) => fateOf(line),
  onLetter: ({ octets }) =>
    Buffer.from(octets).includes('\r\nX-Lab-Refuse: ')
      ? { kind: 'refuse', code: 550, text: '5.7.1 not with this field' }
      : { kind: 'deliver' },
})
after(() => host.close())

const laboratory: Laboratory = {
  name: 'localhost',
  ca: join(import.meta.dirname, 'fixtures', 'tls', 'ca.crt'),
  users: USERS.map(({ address, password }) => ({ address, login: address, password })),
  ports: [
    ...describePort('smtp', 'starttls', host.smtp),
    ...describePort('smtp', 'implicit', host.smtps),
    ...describePort('pop3', 'starttls', host.pop3),
    ...describePort('pop3', 'implicit', host.pop3s),
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

describeSmtpLogin(laboratory)
describeSmtpPolicy(laboratory)
describeTls(laboratory)
describeSmtpSending(laboratory)
describeSmtpRecipients(laboratory)
describeSmtpRefusals(laboratory)
describeSmtpLimits(laboratory)
describePipelining(laboratory)
describeRefusalsBetween(laboratory)
describeMissingExtensions(laboratory)
describePop3Login(laboratory)
describePop3Policy(laboratory)
describePop3Maildrop(laboratory)
describePop3Deletion(laboratory)

function fateOf(line: string): CommandFate {
  const reply = REFUSALS[/^[^>]*>/.exec(line)?.[0] ?? '']
  return reply === undefined ? 'proceed' : { reply }
}

function describePort(
  protocol: LabPort['protocol'],
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
