/**
 * The transport by e-mail: SMTP out, POP3 or IMAP in, one mailbox that both nodes may share with people.
 *
 * @module
 */
export type { ForeignLetterMemory } from './transport/mail-inbox.ts'
export type { IncomingServer, MailTransportOptions } from './transport/mail-transport.ts'
export { MailTransport } from './transport/mail-transport.ts'
export { type MailWatch, TIMED_WATCH } from './transport/mail-watch.ts'
