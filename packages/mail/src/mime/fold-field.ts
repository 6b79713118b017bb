import { escapePeerWords } from '../base/peer-words.ts'
import { HeaderInvalid } from './errors.ts'

/**
 * Where header lines are folded. RFC 5322 §2.1.1 asks for at most 78 columns, RFC 2047 §2 for at most 76 on a line that holds an
 * encoded-word; one limit serves both.
 */
export const LINE_COLUMNS = 76

/** RFC 5322 §2.1.1: a line must not be longer than this, without its CRLF. */
const MAX_LINE = 998
/**
 * A name and the first word stand on one line, and a word may have 900 columns: this is what is left, with the colon and the space. Names of 62 are to be met with in the letters of
 * large providers.
 */
const MAX_NAME = 96
/** `field-name` of RFC 5322 §3.6.8. */
const FIELD_NAME = /^[!-9;-~]+$/
/** Any control of ASCII or Latin-1 but the tab. */
const CONTROL = /[^\P{Cc}\t]/u

/** Printable ASCII with inner spaces, and the same with what RFC 6532 adds. No control of either set is in it. */
const WORD = {
  ascii: /^[!-~](?:[ -~]*[!-~])?$/,
  'utf-8': /^[!-~\u{a0}-\u{10ffff}](?:[ -~\u{a0}-\u{10ffff}]*[!-~\u{a0}-\u{10ffff}])?$/u,
} as const

/**
 * Writes a field: its name, and its words joined by spaces, or by a line end and a space where the line would be too long. This is the
 * only place where a header line is made, and it refuses whatever would make two of it.
 *
 * @param characters `'utf-8'` for words that a server without SMTPUTF8 can't be given (RFC 6532).
 * @throws HeaderInvalid when the name is not one, a word holds anything but printable characters and inner spaces, or a line would
 * pass 998.
 */
export function foldField(
  name: string,
  words: readonly string[],
  characters: 'ascii' | 'utf-8' = 'ascii',
): string {
  checkFieldName(name)
  const isWord = WORD[characters]
  let folded = ''
  let line = `${name}:`
  for (const [index, word] of words.entries()) {
    if (!isWord.test(word)) throw wordRefused(name, word)
    // Some readers don't expect the body to begin on the second line, so only an encoded-word, which must fit, may do that.
    const mayFold = index > 0 || word.startsWith('=?')
    if (mayFold && line.length + 1 + word.length > LINE_COLUMNS) {
      folded += `${line}\r\n`
      line = ''
    }
    line += ` ${word}`
    if (line.length > MAX_LINE) {
      throw new HeaderInvalid({
        field: name,
        reason: 'holds a word too long for a line',
        value: word,
      })
    }
  }
  return `${folded}${line}\r\n`
}

/** @throws HeaderInvalid when this can't be the name of a field. */
export function checkFieldName(name: string): void {
  if (FIELD_NAME.test(name) && name.length <= MAX_NAME) return
  throw new HeaderInvalid({
    field: 'a header field',
    reason: 'has a name that is none',
    value: escapePeerWords(name),
    hint: `Write the name in printable ASCII without colons, at most ${MAX_NAME} characters`,
  })
}

function wordRefused(name: string, word: string): HeaderInvalid {
  return new HeaderInvalid({
    field: name,
    reason: 'holds a character that has no place in a header line',
    value: word,
  })
}

/** @throws HeaderInvalid when a text holds a control character other than the tab: CR and LF would begin another field. */
export function checkOneLine(field: string, value: string): void {
  if (!CONTROL.test(value)) return
  throw new HeaderInvalid({
    field,
    reason: 'holds a control character',
    value,
    hint: 'Give a text of one line',
  })
}
