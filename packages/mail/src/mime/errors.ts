import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'

/** A letter can't be written, because something in it has no form in a header. Nothing of the letter was sent. */
export class HeaderInvalid extends MailError {
  readonly code = 'HEADER_INVALID'
  readonly transient = false
  /** The header field, or the part of the draft, that was refused. */
  readonly field: string

  constructor(facts: {
    readonly field: string
    /** The verdict: `holds a control character`. */
    readonly reason: string
    readonly value: string
    readonly hint?: string
  }) {
    super(
      `the letter was not written: ${escapePeerWords(facts.field)} ${facts.reason}: "${escapePeerWords(facts.value)}"`,
      facts.hint === undefined ? {} : { hint: facts.hint },
    )
    this.field = facts.field
  }
}
