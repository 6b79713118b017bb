/**
 * What the tests of a program that sends and reads letters need: a mail host in the same process, on real sockets
 * and with every fault at will.
 *
 * @module
 */

export { startMailHost } from './testing/mail-host.ts'
export { Mailbox, StoredLetter } from './testing/mailbox.ts'
export type { HostEndpoint, HostPort, MailHost, MailHostOptions } from './testing/mail-host.ts'
export type { MailHostAccount } from './testing/mail-host-accounts.ts'
export type { MailboxOptions } from './testing/mailbox.ts'
export type { ArrivingLetter, CommandFate, FaultHooks, Fate, HostProtocol } from './testing/fate.ts'
