import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'

/** A text is not an address, so nothing can be sent to it or said to come from it. */
export class AddressInvalid extends MailError {
  readonly code = 'ADDRESS_INVALID'
  readonly transient = false
  /** The text that was refused, as it was given. */
  readonly input: string
  /** Where in {@link input} reading stopped, counted in UTF-16 units; `undefined` when no single place is wrong. */
  readonly position: number | undefined

  constructor(facts: {
    readonly input: string
    readonly reason: string
    readonly position?: number
  }) {
    const place = facts.position === undefined ? '' : ` at position ${facts.position}`
    super(`the address was refused: ${facts.reason}${place}: "${escapePeerWords(facts.input)}"`, {
      hint: 'Write the address as local-part@domain, or as Name <local-part@domain>',
    })
    this.input = facts.input
    this.position = facts.position
  }
}
