import { outlineOf, type CodeBlock } from '../markdown.ts'
import type { Repository } from '../tidy/repository.ts'
import type { SourceFile } from '../tidy/source-file.ts'

/** A code block with the file it stands in; `line` is the line of its fence there. */
export interface DocumentedBlock extends CodeBlock {
  readonly path: string
}

/** Every fenced block of the Markdown files and of the docstrings of the packages. */
export function documentedBlocks(repository: Repository): DocumentedBlock[] {
  const inMarkdown = [...repository.files]
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, text]) => outlineOf(text).blocks.map((block) => ({ ...block, path })))
  return [...inMarkdown, ...repository.productSources.flatMap(docstringBlocks)]
}

function docstringBlocks(file: SourceFile): DocumentedBlock[] {
  return file.comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .flatMap(({ value, start }) => {
      const text = value.replace(/^\*/, '').replaceAll(/^[ \t]*\* ?/gm, '')
      const before = file.lineAt(start) - 1
      return outlineOf(text).blocks.map((block) => ({
        ...block,
        path: file.path,
        line: block.line + before,
      }))
    })
}
