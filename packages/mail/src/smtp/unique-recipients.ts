import type { ForwardPath } from './path.ts'

/**
 * Recipients, each once, in the order in which they are named first: local parts are the same to the letter, domains without regard to case (RFC 5321 §2.4), and a
 * domain of any script is the same as its A-labels.
 *
 * @example
 * ```ts
 * import { ForwardPath, uniqueRecipients } from '@obmen/mail/smtp'
 *
 * const named = ['a@example.org', 'b@example.org', 'a@EXAMPLE.org'].map((text) => ForwardPath.parse(text))
 * console.log(uniqueRecipients(named).length) // 2
 * ```
 */
export function uniqueRecipients(paths: Iterable<ForwardPath>): readonly ForwardPath[] {
  const unique = new Map<string, ForwardPath>()
  for (const path of paths) {
    const key = path.addrSpec.slice(0, -path.domain.length) + path.domain.toLowerCase()
    if (!unique.has(key)) unique.set(key, path)
  }
  return [...unique.values()]
}
