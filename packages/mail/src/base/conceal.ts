/** Below this length a secret is too likely to be an ordinary word of an answer. */
const MIN_SECRET_LENGTH = 4

/**
 * Servers cut what they repeat. A beginning of fewer characters than this is too likely to be an ordinary word too, and hiding such a word
 * would tell how the password begins.
 */
const MIN_BEGINNING_LENGTH = 8

/** A text without the secrets that a peer repeats in it, whole or cut off behind their beginning. */
export function conceal(text: string, secrets: Iterable<string>): string {
  // The longer first: of two that begin alike, the shorter would leave the end of the longer behind.
  const longestFirst = [...secrets].sort((one, other) => other.length - one.length)
  return longestFirst.reduce(concealOne, text)
}

function concealOne(text: string, secret: string): string {
  const beginning = secret.slice(0, MIN_BEGINNING_LENGTH)
  if (beginning.length < MIN_SECRET_LENGTH) return text
  let clean = ''
  let from = 0
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, from)) {
    clean += `${text.slice(from, at)}********`
    from = at + beginning.length
    for (let next = beginning.length; next < secret.length; next++, from++) {
      if (text[from] !== secret[next]) break
    }
  }
  return clean + text.slice(from)
}
