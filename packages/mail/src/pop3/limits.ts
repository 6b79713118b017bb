import { DEFAULT_SASL_LIMITS } from '../sasl/limits.ts'
import type { SaslLimits } from '../sasl/limits.ts'

/** How much a server may send, and what it may ask for in a login, before it is taken for broken or hostile. An exceeded one is named in `LimitExceeded.option`. */
export interface Pop3Limits extends SaslLimits {
  /** Of one status line, one line of a listing, one SASL challenge, the line end included. */
  readonly maxLineOctets: number
  /** Of `LIST` and `UIDL`. */
  readonly maxListingLines: number
  /** Of `LIST`, `UIDL` and `CAPA`, all lines together: listings are kept in memory. */
  readonly maxListingOctets: number
  /** Of `CAPA`. */
  readonly maxCapabilityLines: number
  /** Of what `top()` returns: it and `tops()` are the calls that keep content in memory. */
  readonly maxTopOctets: number
  /** Of the beginnings that `tops()` keeps in memory at a time. One of `maxTopOctets` always has room. */
  readonly maxBatchOctets: number
  /** Of one letter, however it is read: the end of an endless one. */
  readonly maxLetterOctets: number
}

/**
 * Limits that no honest server comes near.
 *
 * RFC 2449 §4 allows 512 octets for a line, but SASL challenges are longer (12,288 octets in RFC 4954 §4). Providers close mailboxes far
 * below a million letters, the longest capability listings have some thirty lines, header sections far below a mebibyte (a hundred of them together seldom half of one), and letters far below two gibibytes.
 */
export const DEFAULT_POP3_LIMITS: Pop3Limits = {
  ...DEFAULT_SASL_LIMITS,
  maxLineOctets: 16_384,
  maxListingLines: 1_000_000,
  maxListingOctets: 67_108_864,
  maxCapabilityLines: 100,
  maxTopOctets: 1_048_576,
  maxBatchOctets: 4_194_304,
  maxLetterOctets: 2_147_483_648,
}
