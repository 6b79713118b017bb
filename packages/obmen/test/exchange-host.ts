import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import {
  type HostEndpoint,
  type Mailbox,
  type MailHostOptions,
  startMailHost,
} from '@obmen/mail/testing'

const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf-and-more'
const MAILBOX = 'Exchange'
const FIXTURES = join(import.meta.dirname, '../../mail/test/fixtures/tls')

/** A mail host with TLS whose rule puts every letter into a mailbox of its own, as a provider's filter would. */
export interface ExchangeHost {
  readonly address: string
  readonly password: string
  readonly mailbox: Mailbox
  /** The file of the certificate to trust; it is that of `localhost`. */
  readonly ca: string
  /** As they stand in a configuration; that of IMAP names the mailbox. */
  readonly urls: Readonly<Record<'smtps' | 'imaps', string>>
}

/** Starts a host that ends with the test. */
export async function startExchangeHost(
  t: TestContext,
  options: Partial<MailHostOptions> = {},
): Promise<ExchangeHost> {
  const host = await startMailHost({
    accounts: [{ address: ADDRESS, password: PASSWORD, mailboxes: [MAILBOX] }],
    tls: {
      key: readFileSync(join(FIXTURES, 'server.key'), 'utf8'),
      cert: readFileSync(join(FIXTURES, 'server.crt'), 'utf8'),
    },
    onLetter: ({ octets }) => {
      host.mailbox(ADDRESS, MAILBOX).put(octets)
      return { kind: 'lose' }
    },
    ...options,
  })
  t.after(() => host.close())
  const { smtps, imaps } = host
  if (smtps === undefined || imaps === undefined) throw new TypeError('a host with TLS has both')
  const user = encodeURIComponent(ADDRESS)
  const at = ({ port }: HostEndpoint): string => `${user}@127.0.0.1:${port}`
  return {
    address: ADDRESS,
    password: PASSWORD,
    mailbox: host.mailbox(ADDRESS, MAILBOX),
    ca: join(FIXTURES, 'ca.crt'),
    urls: { smtps: `smtps://${at(smtps)}`, imaps: `imaps://${at(imaps)}/${MAILBOX}` },
  }
}
