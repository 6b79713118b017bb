import type { Comment } from 'oxc-parser'

import { findingAt, type Rule } from './rule.ts'
import type { SourceFile } from './source-file.ts'

const LIMIT_NAME =
  /^(?!U?INT\d|(?:SECOND|MINUTE|HOUR|DAY|WEEK)S?_)(?:.*_)?(?:MAX|MIN|LIMIT|MS|SECONDS|MINUTES|OCTETS|LINES|ATTEMPTS|RETRIES)(?:_|$)/

/**
 * A number without a reason can't be changed: nobody knows whether it is a standard's, a measurement's or a guess. Every
 * limit, time-out and retry count is a named constant with its reason in the comment above it.
 */
export const limitReasons: Rule = {
  name: 'limit-reasons',
  *check(repository) {
    for (const file of repository.productSources) {
      let explainedUntil = -1
      for (const statement of file.statements) {
        const declaration =
          statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
        if (declaration?.type !== 'VariableDeclaration') continue
        const [first] = declaration.declarations
        if (first?.id.type !== 'Identifier' || !LIMIT_NAME.test(first.id.name)) continue
        if (!isNumber(file.text.slice(first.init?.start, first.init?.end))) continue
        // Constants that stand together share the comment above the first of them.
        const line = file.lineAt(statement.start)
        if (explainedUntil === line - 1 || isExplained(file, statement.start)) {
          explainedUntil = file.lineAt(statement.end)
          continue
        }
        const message = `${first.id.name} has no reason: say above it where the number comes from (a standard's section, a measurement)`
        yield findingAt(file, statement.start, message)
      }
    }
  },
}

function isNumber(text: string): boolean {
  return /^[\d_n.*+\- ()]+$/.test(text)
}

function isExplained(file: SourceFile, offset: number): boolean {
  const before = file.comments.findLast(({ end }: Comment) => end <= offset)
  return before !== undefined && file.text.slice(before.end, offset).trim() === ''
}
