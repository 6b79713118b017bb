/** A fenced code block of a Markdown text. */
export interface CodeBlock {
  /** The first word behind the fence, lower-cased; empty when there is none. */
  readonly language: string
  /** What stands behind the language. */
  readonly info: string
  readonly text: string
  /** The line of the fence, from 1. */
  readonly line: number
}

export interface Heading {
  readonly level: number
  readonly title: string
  readonly line: number
}

export interface MarkdownOutline {
  readonly blocks: readonly CodeBlock[]
  readonly headings: readonly Heading[]
}

/** Reads the fenced blocks and the `#` headings of a Markdown text (CommonMark §4.2, §4.5; fences inside lists too). */
export function outlineOf(markdown: string): MarkdownOutline {
  const blocks: CodeBlock[] = []
  const headings: Heading[] = []
  let open:
    { fence: string; indent: number; info: string; line: number; lines: string[] } | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line)
    if (open === undefined) {
      const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line)
      if (heading !== null) {
        const [, marks = '', title = ''] = heading
        headings.push({ level: marks.length, title, line: index + 1 })
      }
      if (fence === null) continue
      const [, indent = '', marks = '', info = ''] = fence
      open = { fence: marks, indent: indent.length, info, line: index + 1, lines: [] }
    } else if (fence !== null && fence[3] === '' && fence[2]?.startsWith(open.fence) === true) {
      const [language = '', ...rest] = open.info.split(/\s+/)
      const text = open.lines.map((l) => `${l}\n`).join('')
      blocks.push({ language: language.toLowerCase(), info: rest.join(' '), text, line: open.line })
      open = undefined
    } else {
      const spaces = /^\s*/.exec(line)?.[0].length ?? 0
      open.lines.push(line.slice(Math.min(open.indent, spaces)))
    }
  }
  return { blocks, headings }
}
