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

/** What of an attached letter can't be written as it is. */
export type AttachedLetterFlaw =
  'nul' | 'bare line end' | 'octet over 127' | 'line too long' | 'delimiter'

const FLAWS: Readonly<
  Record<AttachedLetterFlaw, { readonly fact: string; readonly hint: string }>
> = {
  nul: { fact: 'holds a NUL', hint: 'Attach it with the body BINARYMIME, or as another type' },
  'bare line end': {
    fact: 'holds a CR or LF that is no line end',
    hint: 'End its lines with CRLF',
  },
  'octet over 127': {
    fact: 'is not ASCII',
    hint: 'Attach it with the body 8BITMIME',
  },
  'line too long': {
    fact: 'has a line of more than 998 octets',
    hint: 'Attach it with the body BINARYMIME, or as another type',
  },
  delimiter: {
    fact: 'holds the line that ends it',
    hint: 'Give every letter a boundary of its own that nobody can foresee',
  },
}

/**
 * A letter that is attached to another one is not what its `body` says. It can't be encoded (RFC 2046 §5.2.1), so the letter was broken
 * off there: part of it may have been sent, and it must not be ended.
 */
export class AttachedLetterInvalid extends MailError {
  readonly code = 'ATTACHED_LETTER_INVALID'
  readonly transient = false
  readonly flaw: AttachedLetterFlaw
  readonly fileName: string | undefined
  /** Where in the attached letter it was seen. */
  readonly offsetOctets: number

  constructor(facts: {
    readonly flaw: AttachedLetterFlaw
    readonly fileName: string | undefined
    readonly offsetOctets: number
  }) {
    const { flaw, fileName, offsetOctets } = facts
    const named = fileName === undefined ? '' : ` "${escapePeerWords(fileName)}"`
    super(
      `the letter was broken off: the letter attached to it${named} ${FLAWS[flaw].fact}, at octet ${offsetOctets}`,
      { hint: FLAWS[flaw].hint },
    )
    this.flaw = flaw
    this.fileName = fileName
    this.offsetOctets = offsetOctets
  }
}
