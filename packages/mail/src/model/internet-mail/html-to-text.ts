/** Elements whose content nobody reads. */
const UNSEEN = new Set(['head', 'script', 'style', 'title'])

/** Elements that begin or end a line. */
const LINES = new Set([
  'br',
  'div',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'p',
  'table',
  'tr',
])

const CHARACTERS: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: '\u00a0',
  quot: '"',
}

/** The beginning of a tag, or of a declaration. */
const TAG = /^<(?:(\/?)([a-z][a-z0-9]*)|[!?])/i
/** No name of an element that matters here is longer. */
const LONGEST_BEGINNING = 16

const MAX_CODE_POINT = 0x10ffff

/** What a person reads of HTML, as plain text: for programs that show no HTML. What is no HTML stays as it is. */
export function htmlToText(html: string): string {
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) break
    pieces.push(inText(html.slice(at, open)))
    if (html.startsWith('<!--', open)) {
      at = endOf(html, '-->', open + 4)
      continue
    }
    const tag = TAG.exec(html.slice(open, open + LONGEST_BEGINNING))
    if (tag === null) {
      pieces.push('<')
      at = open + 1
      continue
    }
    const end = html.indexOf('>', open)
    if (end < 0) {
      at = open
      break
    }
    at = end + 1
    const name = tag[2]?.toLowerCase() ?? ''
    if (LINES.has(name)) pieces.push('\n')
    if (UNSEEN.has(name) && tag[1] === '') at = endOfElement(html, name, at)
  }
  pieces.push(inText(html.slice(at)))
  return tidied(pieces.join(''))
}

function endOf(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

/** Where an element ends that has no elements in it. Each character is looked at once, because what is behind it is all that is read after it. */
function endOfElement(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}\\s*>`, 'gi')
  closing.lastIndex = from
  return closing.exec(html) === null ? html.length : closing.lastIndex
}

/** Line ends of the source are blanks, and several blanks are one. */
function inText(source: string): string {
  return source
    .replaceAll(/[ \t\r\n]+/g, ' ')
    .replaceAll(
      /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,5}));/gi,
      (written, ...parts: unknown[]) => {
        const [decimal, hexadecimal, name] = parts
        if (typeof name === 'string') return CHARACTERS[name.toLowerCase()] ?? written
        const code =
          typeof decimal === 'string' ? Number(decimal) : Number(`0x${String(hexadecimal)}`)
        return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : written
      },
    )
}

/** No blanks at the ends of lines, and no more than one empty line after the other. */
function tidied(text: string): string {
  const lines: string[] = []
  for (const line of text.split('\n').map((untrimmed) => untrimmed.trim())) {
    if (line !== '' || (lines.length > 0 && lines.at(-1) !== '')) lines.push(line)
  }
  if (lines.at(-1) === '') lines.pop()
  return lines.join('\n')
}
