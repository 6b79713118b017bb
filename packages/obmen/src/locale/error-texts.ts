import type { ErrorText } from './messages.ts'

/** A text for each code, made from the facts of exactly that error, and the command that failed. */
export type ErrorTexts<Known extends { readonly code: string }> = {
  readonly [Code in Known['code']]: (
    error: Extract<Known, { readonly code: Code }>,
    command?: string,
  ) => ErrorText
}

export function text(message: string, hint?: string): ErrorText {
  return { message, hint }
}

/** What stands after the verdict of an English message: by its grammar, the words of a server, verbatim. */
export function wordsAfterVerdict(message: string): string {
  const colon = message.indexOf(': ')
  return colon === -1 ? message : message.slice(colon + 2)
}
