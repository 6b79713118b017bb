/** How the content of a part was made fit for the way (RFC 2045 §6): reading. */

import { NO_OCTETS } from '../base/octets.ts'
import { Base64Decoder } from './base64.ts'
import type { DecoderOptions } from './base64.ts'
import { QuotedPrintableDecoder } from './quoted-printable.ts'
import type { DefectKind } from './defect.ts'
import { withoutComments } from './text.ts'

/** Undoes a transfer encoding: octets as they came → content. */
export interface TransferDecoder {
  /** @param room what the content may be written into; it is not if it is too small, or nothing is to be written. */
  push(octets: Uint8Array, room?: Uint8Array): Uint8Array
  end(): Uint8Array
  readonly isDamaged: boolean
  /** What {@link isDamaged} is reported as. */
  readonly damage: DefectKind
}

/** Encodings that change nothing (RFC 2045 §6.2). */
const IDENTITIES: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary'])

/** Names as some programs write them. */
const MISSPELLED: ReadonlyMap<string, string> = new Map([
  ['7-bit', '7bit'],
  ['8-bit', '8bit'],
  ['7bits', '7bit'],
  ['8bits', '8bit'],
  ['7', '7bit'],
  ['8', '8bit'],
])

/**
 * The name of the encoding in an undecoded `Content-Transfer-Encoding`: lower case, comments and quotes dropped. RFC 2045 §6.1: `7bit`
 * if absent.
 */
export function transferEncodingOf(body: string | undefined): string {
  const name = /[^\s;"]+/.exec(withoutComments(body ?? ''))?.[0].toLowerCase() ?? '7bit'
  return MISSPELLED.get(name) ?? name
}

export function isIdentity(encoding: string): boolean {
  return IDENTITIES.has(encoding)
}

/** The decoder for an encoding, by its name in lower case; for one nobody knows, `undefined`. */
export function createTransferDecoder(
  encoding: string,
  options: DecoderOptions = {},
): TransferDecoder | undefined {
  if (encoding === 'base64') return new Base64Decoder(options)
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder()
  return isIdentity(encoding) ? IDENTITY : undefined
}

/** Gives octets on as they come. */
export const IDENTITY: TransferDecoder = {
  push: (octets) => octets,
  end: () => NO_OCTETS,
  isDamaged: false,
  damage: 'unknown-transfer-encoding',
}
