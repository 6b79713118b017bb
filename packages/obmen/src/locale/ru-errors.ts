import type { KnownError } from '../errors/known-error.ts'
import type { ErrorText } from './messages.ts'
import type { ErrorTexts } from './error-texts.ts'
import { russianExchangeErrors } from './ru-exchange-errors.ts'
import { russianMailErrors } from './ru-mail-errors.ts'
import { russianObmenErrors } from './ru-obmen-errors.ts'

/** Every error of all three packages. An error that is new there does not compile until it has its words here. */
const TEXTS: ErrorTexts<KnownError> = {
  ...russianObmenErrors,
  ...russianExchangeErrors,
  ...russianMailErrors,
}

export function explainInRussian(error: KnownError, command?: string): ErrorText {
  // Each entry takes the error of its own code: that is what the type of the table says.
  const text = TEXTS[error.code] as (error: KnownError, command?: string) => ErrorText
  return text(error, command)
}
