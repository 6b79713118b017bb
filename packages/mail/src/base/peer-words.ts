/** How much of a peer's words an error or a log line repeats: enough for any sentence, not enough to flood. */
const MAX_OCTETS = 200

/** Controls, format characters (bidirectional overrides too), lone surrogates, unassigned, line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u

const utf8 = new TextEncoder()

/**
 * Makes text of a peer fit to be shown on one line: what is not printable is written `\u{…}`, and the whole is cut at
 * 200 octets of UTF-8, with `…` where something was cut off.
 */
export function escapePeerWords(text: string): string {
  let shown = ''
  let size = 0
  for (const character of text) {
    const escaped = UNPRINTABLE.test(character)
      ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
      : character
    size += utf8.encode(escaped).length
    if (size > MAX_OCTETS) return `${shown}…`
    shown += escaped
  }
  return shown
}
