import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import {
  Email,
  EmailSendingException,
  PasswordEmailAuthentication,
  SmtpConnectionParameters,
} from '../../src/index.ts'
import { textOf } from '../../src/base/octets.ts'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing.ts'

export const OFFICE: string = 'office@example.org'
export const SHOP: string = 'shop@example.org'
export const OTHER: string = 'other@example.org'
export const PASSWORD: string = 'tan staaf'

export function startHost(options: Partial<MailHostOptions> = {}): Promise<MailHost> {
  const accounts = [OFFICE, SHOP, OTHER].map((address) => ({ address, password: PASSWORD }))
  return startMailHost({ accounts, ...options })
}

/** Clear text, by its name: the host of these tests is this process. */
export function parametersOf(host: MailHost, password?: string): SmtpConnectionParameters {
  return new SmtpConnectionParameters({
    server: '127.0.0.1',
    port: host.smtp.port,
    allowStartTls: false,
    authentication:
      password === undefined ? undefined : new PasswordEmailAuthentication(OFFICE, password),
  })
}

export function letters(host: MailHost, address: string): readonly string[] {
  return host
    .mailbox(address)
    .letters()
    .map(({ octets }) => textOf(octets))
}

export function lettersTo(...addresses: readonly string[]): readonly Email[] {
  return addresses.map((address, index) =>
    new Email(OFFICE, address, `number ${index}`).setTextAsString('text'),
  )
}

/** What a sending was refused with. */
export async function refusal(sending: Promise<unknown>): Promise<EmailSendingException> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof EmailSendingException, inspect(error))
  return error
}
