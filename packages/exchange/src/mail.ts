/**
 * The transport by e-mail: SMTP out, POP3 in, one mailbox that both nodes may share with people.
 *
 * @module
 */
export type { ForeignLetterMemory, MailTransportOptions } from './transport/mail-transport.ts'
export { MailTransport } from './transport/mail-transport.ts'
