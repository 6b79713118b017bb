import { escapePeerWords } from '../base/peer-words.ts'

/** A text of the caller in a message: on one line whatever is in it, and not all of it when it is long. */
export function quoted(text: string): string {
  return `"${escapePeerWords(text)}"`
}
