import type { KnownError } from '../errors/known-error.ts'
import type { ErrorText } from '../locale/messages.ts'

/** An error as programs read it, with `--json`. */
export interface ErrorJson {
  readonly code: KnownError['code']
  readonly transient: boolean
  readonly message: string
  readonly hint: string | null
}

export function toErrorJson(
  { code, transient }: KnownError,
  { message, hint }: ErrorText,
): ErrorJson {
  return { code, transient, message, hint: hint ?? null }
}

/** What stands where there is no result: a line of standard output. */
export function formatErrorJson(error: KnownError, text: ErrorText): string {
  return `${JSON.stringify({ error: toErrorJson(error, text) })}\n`
}
