/** What the server's side of SMTP is told before it begins, and what it tells and asks while it goes on. */

import type { Secret } from '../base/secret.ts'
import type { ServerMechanisms } from '../sasl/server-exchange.ts'
import type { ServerDialogEvent, ServerDialogOptions } from '../wire/server-dialog.ts'
import type { PathParameters } from './server-command.ts'

export interface SmtpServerOptions extends ServerDialogOptions {
  /** The name the server greets with. */
  readonly hostName: string
  /** The largest letter, in octets; announced with SIZE (RFC 1870) and enforced. */
  readonly sizeLimitOctets: number
  /** Whether content may come with BDAT (CHUNKING and BINARYMIME of RFC 3030). */
  readonly offersChunking: boolean
  /** Whether MAIL needs a login first. */
  readonly requiresLogin: boolean
  /** Default: PLAIN and LOGIN. */
  readonly mechanisms?: ServerMechanisms
}

/** A letter that has arrived whole. */
export interface SmtpServerLetter {
  /** Without angle brackets; empty for the null reverse-path. */
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** What MAIL said besides: `BODY`, `SIZE`, `RET` … */
  readonly mailParameters: PathParameters
  /** What RCPT said besides, for each forward-path: `NOTIFY`, `ORCPT`. */
  readonly rcptParameters: readonly PathParameters[]
  /** Dot-stuffing removed, otherwise as it came. */
  readonly octets: Uint8Array
  /** What the client called itself in EHLO or HELO. */
  readonly clientName: string
  /** For the Received field (RFC 3848, RFC 6531 §4.3): `ESMTPSA`, `UTF8SMTPS` … */
  readonly protocol: string
}

export type SmtpServerEvent = ServerDialogEvent | SmtpServerQuestion

/** What the session can't know. */
export type SmtpServerQuestion =
  /** Execute this command? */
  | { readonly kind: 'command'; readonly line: string }
  /** Are these credentials right? Who needs no password has proved to be this user. */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret | undefined }
  /** May there be a letter for this mailbox? */
  | { readonly kind: 'recipient'; readonly forwardPath: string; readonly declaredOctets: number }
  /** Is the letter accepted? */
  | { readonly kind: 'letter'; readonly letter: SmtpServerLetter }
