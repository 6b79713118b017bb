import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing.ts'
import { RawClient } from './raw-client.ts'

/** A dialog that got stuck fails its test instead of holding up the others. */
export const TIMEOUT_MS = 10_000

export const SHOP = 'shop@example.org'
export const OFFICE = 'office@example.org'
export const ACCOUNTS = [
  { address: SHOP, password: 'tan staaf' },
  { address: OFFICE, password: 'secret' },
]
export const LETTER = 'Subject: one\r\n\r\ntext\r\n'

const tlsFolder = join(import.meta.dirname, '../fixtures/tls')
export const ca = await readFile(join(tlsFolder, 'ca.crt'), 'utf8')
export const tls = {
  key: await readFile(join(tlsFolder, 'server.key'), 'utf8'),
  cert: await readFile(join(tlsFolder, 'server.crt'), 'utf8'),
}

export const latin1 = new TextDecoder('latin1')

/** A host that ends with the test. */
export async function startHost(
  t: TestContext,
  options: Partial<MailHostOptions> = {},
): Promise<MailHost> {
  const host = await startMailHost({ accounts: ACCOUNTS, ...options })
  t.after(() => host.close())
  return host
}

export function envelope(...recipients: readonly string[]): string {
  return `EHLO c.example\r\nMAIL FROM:<${OFFICE}>\r\n${recipients.map((to) => `RCPT TO:<${to}>\r\n`).join('')}`
}

/** Sends letters to the shop, one connection each, and returns what the server said in the end. */
export async function send(host: MailHost, ...contents: readonly string[]): Promise<string> {
  let replies = ''
  for (const content of contents) {
    using client = RawClient.connect(host.smtp.port)
    client.write(`${envelope(SHOP)}DATA\r\n`)
    await client.hear(/^354 /m)
    client.write(`${content}.\r\nQUIT\r\n`)
    replies = await client.hearAll()
  }
  return replies
}

export async function logIn(host: MailHost): Promise<RawClient> {
  const client = RawClient.connect(host.pop3.port)
  await client.hear()
  client.write(`USER ${SHOP}\r\nPASS tan staaf\r\n`)
  await client.hear(/locked and ready\r\n/)
  return client
}

/** The last line of each letter of the shop, by which the tests tell them apart. */
export function lastLines(host: MailHost): string[] {
  return host
    .mailbox(SHOP)
    .letters()
    .map(({ octets }) => latin1.decode(octets).trimEnd().split('\r\n').at(-1) ?? '')
}

/** The server learns that a client has gone when its system tells; until then the maildrop is in use. */
export async function logInWhenFree(host: MailHost): Promise<RawClient> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const client = RawClient.connect(host.pop3.port)
    await client.hear()
    client.write(`USER ${SHOP}\r\nPASS tan staaf\r\n`)
    const answer = await client.hear(/locked and ready\r\n|-ERR .*\r\n/)
    if (!answer.includes('-ERR')) return client
    client.hangUp()
  }
  throw new Error('the maildrop stays locked')
}
