/** What is accepted of a server that is logged in to. */
export interface SaslLimits {
  /** How often SCRAM must hash the password at least. Fewer iterations help whoever wants to guess it from a recorded login. */
  readonly minScramIterations: number
  /** How often SCRAM hashes the password at most. The work is this side's, and the number is the server's. */
  readonly maxScramIterations: number
}

export const DEFAULT_SASL_LIMITS: SaslLimits = {
  // RFC 7677 §4: "at least 4096", and what the common servers have.
  minScramIterations: 4_096,
  // The most that OWASP advises for any PBKDF2 (its figure for SHA-1); about half a second on a slow core.
  maxScramIterations: 1_300_000,
}
