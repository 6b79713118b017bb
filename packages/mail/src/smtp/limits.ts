import { DEFAULT_SASL_LIMITS, type SaslLimits } from '../sasl/limits.ts'

/** How much a server may send in one reply before it is taken for broken or hostile, and what it may ask for in a login. */
export interface SmtpLimits extends SaslLimits {
  /** Of one line of a reply, its line end included. */
  readonly maxLineOctets: number
  /** Of one reply of several lines. */
  readonly maxReplyLines: number
  /** Of one reply, all its lines together. */
  readonly maxReplyOctets: number
}

/**
 * Limits that no honest server comes near: RFC 5321 §4.5.3.1.5 gives a reply line 512 octets, RFC 4954 §4 a SASL challenge 12,288, and the
 * longest answers to EHLO have some thirty lines.
 */
export const DEFAULT_SMTP_LIMITS: SmtpLimits = {
  ...DEFAULT_SASL_LIMITS,
  maxLineOctets: 16_384,
  maxReplyLines: 512,
  maxReplyOctets: 131_072,
}
