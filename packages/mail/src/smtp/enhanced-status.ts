/** The class, the subject and the detail of an enhanced status code: `5.1.1` is a mailbox that does not exist (RFC 3463). */
export interface EnhancedStatus {
  /** 2 success, 4 persistent transient failure, 5 permanent failure (RFC 3463 §3.1). */
  readonly statusClass: 2 | 4 | 5
  /** 1 address, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 security or policy (RFC 3463 §3.2). */
  readonly subject: number
  readonly detail: number
}

/** RFC 3463 §2: no leading zeros, at most three digits; RFC 2034 §4: at the beginning of the text, before a space. */
const ENHANCED_STATUS = /^([245])\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(?: |$)/

/**
 * Reads the enhanced status code that the text of a reply begins with. `undefined` when there is none, or when its class is not
 * that of the reply code: then it is only text that looks like one (RFC 2034 §4).
 */
export function parseEnhancedStatus(text: string, replyCode: number): EnhancedStatus | undefined {
  const [, digit, subject, detail] = ENHANCED_STATUS.exec(text) ?? []
  const statusClass = digit === '2' ? 2 : digit === '4' ? 4 : 5
  if (digit === undefined || Math.trunc(replyCode / 100) !== statusClass) return undefined
  return { statusClass, subject: Number(subject), detail: Number(detail) }
}

/** `5.1.1` */
export function formatEnhancedStatus(status: EnhancedStatus): string {
  return `${status.statusClass}.${status.subject}.${status.detail}`
}
