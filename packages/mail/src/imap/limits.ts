import { DEFAULT_SASL_LIMITS } from '../sasl/limits.ts'
import type { SaslLimits } from '../sasl/limits.ts'

/** How much a server may send before it is taken for broken or hostile. An exceeded limit is named in `LimitExceeded.option`. */
export interface ImapLimits extends SaslLimits {
  /** Of the text of a response between two literals, its line end included. SEARCH puts the numbers of all letters into one line. */
  readonly maxLineOctets: number
  /** Of one literal that is kept in memory: a header section, a mailbox name. A longer one is read, thrown away and reported. */
  readonly maxLiteralOctets: number
  /** How many literals one response may have. */
  readonly maxLiterals: number
  /** Of one response in memory: its text and the literals that are kept. */
  readonly maxResponseOctets: number
  /** Of one literal at all, kept, thrown away or written to a sink: the end of an endless one. */
  readonly maxContentOctets: number
  /** Of what is written as one: words, numbers, strings and lists in a response. */
  readonly maxTokens: number
  /** How deep lists may lie in lists: parts of parts in BODYSTRUCTURE. */
  readonly maxNesting: number
  /** Of what LIST, LSUB and STATUS may name together. */
  readonly maxMailboxes: number
  /** Of what one command keeps in memory over all its responses: letters that are read ahead of who iterates over them, mailboxes of a listing. */
  readonly maxBatchOctets: number
  /** Of what comes out of a compressed connection (RFC 4978) beyond a hundredfold of what came in: text shrinks to a tenth, and what shrinks more is seldom long. */
  readonly maxInflatedOctets: number
}

/**
 * Limits that no honest server comes near.
 *
 * A search that finds a million letters is a line of eleven million octets; header sections stay far below a mebibyte and letters far below two
 * gibibytes; the deepest letters seen nest some twenty parts; large installations have some ten thousand mailboxes for one user.
 */
export const DEFAULT_IMAP_LIMITS: ImapLimits = {
  ...DEFAULT_SASL_LIMITS,
  maxLineOctets: 16_777_216,
  maxLiteralOctets: 1_048_576,
  maxLiterals: 1_024,
  maxResponseOctets: 33_554_432,
  maxContentOctets: 2_147_483_648,
  maxTokens: 2_000_000,
  maxNesting: 100,
  maxMailboxes: 100_000,
  maxBatchOctets: 67_108_864,
  maxInflatedOctets: 268_435_456,
}
