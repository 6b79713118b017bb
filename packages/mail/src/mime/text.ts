import { ignoreDefects } from './defect.ts'
import type { ReportDefect } from './defect.ts'

const TAB = 0x09
const SPACE = 0x20
const DELETE = 0x7f
const LAST_CONTROL = 0x9f

/** Whether a UTF-16 unit is white space in the sense of RFC 5322: a space or a tab, and no other. */
export function isWhiteSpace(code: number): boolean {
  return code === SPACE || code === TAB
}

/** Removes spaces and tabs from both ends. A loop, because the obvious pattern is quadratic in a long run of spaces. */
export function trimWhiteSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/**
 * Replaces control characters other than the tab by U+FFFD. What was decoded is shown, logged and compared, so a line end that came
 * inside an encoded-word or a percent code must not survive.
 */
export function replaceControls(text: string, report: ReportDefect = ignoreDefects): string {
  if (!hasControls(text)) return text
  const replaced = text.replaceAll(/[^\P{Cc}\t]/gu, '\ufffd')
  report('control-character', replaced)
  return replaced
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < SPACE ? code !== TAB : code >= DELETE && code <= LAST_CONTROL) return true
  }
  return false
}

/** Replaces each comment (RFC 5322 §3.2.2), nested ones too, by a space. One that doesn't end goes to the end. For bodies without quotes. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let plain = ''
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (depth === 0) plain += character
    else if (character === ')' && --depth === 0) plain += ' '
  }
  return plain
}
