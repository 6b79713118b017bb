/**
 * What the tests of a program that sends and reads letters need: a mail host in the same process, on real sockets
 * and with every fault at will; transcripts, played whole, cut and hung up; a connection that breaks when it is told to.
 *
 * @module
 */

export { FaultyConnection } from './testing/faulty-connection.ts'
export { startMailHost } from './testing/mail-host.ts'
export { Mailbox } from './testing/mailbox.ts'
export { play, playHangingUp } from './testing/play.ts'
export { StoredLetter } from './testing/stored-letter.ts'
export { TranscriptConnection } from './testing/transcript-connection.ts'
export { parseTranscript } from './testing/transcript.ts'
export type { Connection } from './net/connection.ts'
export type { ConnectionFaults } from './testing/faulty-connection.ts'
export type { HostEndpoint, HostPort, MailHost, MailHostOptions } from './testing/mail-host.ts'
export type { HostMechanism } from './testing/sasl/host-mechanisms.ts'
export type { MailHostAccount } from './testing/mail-host-accounts.ts'
export type { MailboxNews, MailboxOptions, PutOptions, Quota } from './testing/mailbox.ts'
export type { ArrivingLetter, CommandFate, FaultHooks, Fate, HostProtocol } from './testing/fate.ts'
export type { HangUpOutcome, PlayOptions } from './testing/play.ts'
export type { LetterFacts } from './testing/stored-letter.ts'
export type { TranscriptOptions } from './testing/transcript-connection.ts'
export type { TranscriptStep } from './testing/transcript.ts'
export type { Demand, Dialog, OctetSink, OctetSource } from './wire/dialog.ts'
