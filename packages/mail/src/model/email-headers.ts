import type { EmailAddress } from './email-address.ts'
import { EmailImportance } from './email-importance.ts'
import type { LetterFields } from './letter-fields.ts'
import { printAs } from './print-as.ts'

/** What the header section of a letter says. To be read; what changes it is {@link Email}'s. */
export abstract class EmailHeaders {
  readonly #fields: LetterFields

  protected constructor(fields: LetterFields) {
    this.#fields = fields
  }

  protected get fields(): LetterFields {
    return this.#fields
  }

  /** `X-Priority`, or one of its relatives; normal when the letter says nothing. */
  get importance(): EmailImportance {
    return this.#fields.importance ?? EmailImportance.Normal
  }

  /** `Date`. A letter that has none gets that of its sending on the way. It is written in the zone of this process (`TZ`). */
  get sentDate(): Date | undefined {
    const { sentDate } = this.#fields
    return sentDate && new Date(sentDate)
  }

  /** `Message-ID`, with its angle brackets. A letter that has none gets a new one with each sending. */
  get messageId(): string | undefined {
    return this.#fields.messageId
  }

  /** `Reply-To`: where answers go, when not to the sender. */
  get replyTo(): readonly EmailAddress[] {
    return this.#fields.replyTo
  }

  /** `From`: whom the letter is from; the first, when there are several. */
  get sender(): EmailAddress | undefined {
    return this.#fields.from[0]
  }

  /** `To`, the members of groups too. */
  get recipients(): readonly EmailAddress[] {
    return this.#fields.to
  }

  /** `Cc`. */
  get ccRecipients(): readonly EmailAddress[] {
    return this.#fields.cc
  }

  /** `Bcc`: who gets the letter without the others knowing. They stand in the envelope, never in the letter. */
  get bccRecipients(): readonly EmailAddress[] {
    return this.#fields.bcc
  }

  get subject(): string | undefined {
    return this.#fields.subject
  }

  toJSON(): object {
    const { sender, recipients, subject, messageId } = this
    return { sender, recipients, subject, messageId }
  }
}

printAs(EmailHeaders, (headers) => `${headers.constructor.name} ${JSON.stringify(headers)}`)
