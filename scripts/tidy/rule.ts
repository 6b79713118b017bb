import type { Repository } from './repository.ts'
import type { SourceFile } from './source-file.ts'

/** A place that breaks a rule. The message says what is wrong there and what to do instead. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** A rule of the house that neither the compiler nor the linter can keep. */
export interface Rule {
  readonly name: string
  check(repository: Repository): Iterable<Finding>
}

export function findingAt(file: SourceFile, offset: number, message: string): Finding {
  return { path: file.path, line: file.lineAt(offset), message }
}
