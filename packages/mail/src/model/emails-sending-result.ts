import type { Email } from './email.ts'
import type { EmailSendingException } from './email-exception.ts'
import { printAs } from './print-as.ts'

/** What became of one letter of several. */
export class EmailsSendingResult {
  readonly #message: Email
  readonly #exception: EmailSendingException | undefined
  readonly #messageId: string | undefined

  constructor(
    message: Email,
    facts: { readonly exception?: EmailSendingException; readonly messageId?: string | undefined },
  ) {
    this.#message = message
    this.#exception = facts.exception
    this.#messageId = facts.messageId
  }

  /** The letter. */
  get message(): Email {
    return this.#message
  }

  /** Why it was not accepted for all of its recipients; `undefined` when it was. */
  get exception(): EmailSendingException | undefined {
    return this.#exception
  }

  /** The `Message-ID` it went out with; `undefined` when it was not composed. An extension. */
  get messageId(): string | undefined {
    return this.#messageId
  }

  /** Whether the server has taken the letter over for all of its recipients. */
  isSuccessful(): boolean {
    return this.#exception === undefined
  }
}

printAs(
  EmailsSendingResult,
  ({ messageId, exception }) =>
    `EmailsSendingResult ${JSON.stringify({ messageId, exception: exception?.message })}`,
)
