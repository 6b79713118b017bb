import { AddressInvalid } from '../address/errors.ts'
import { MailboxAddress } from '../address/mailbox-address.ts'
import { EmailAddressException } from './email-exception.ts'
import { readArguments } from './named-arguments.ts'
import { printAs } from './print-as.ts'

/** The arguments of an {@link EmailAddress} by name. */
export interface EmailAddressArguments {
  readonly address: string
  readonly displayName?: string
}

/** One address, or several. */
export type AddressInput = EmailAddress | string | readonly (EmailAddress | string)[]

/**
 * The address of one mailbox, with or without a name. Immutable, and valid by construction: no line break can be in it.
 *
 * @example
 * ```ts
 * import { EmailAddress } from '@obmen/mail'
 *
 * const shop = new EmailAddress('shop-1@example.org', 'Склад № 1')
 * console.log(`${shop}`) // Склад № 1 <shop-1@example.org>
 * ```
 */
export class EmailAddress {
  readonly #mailbox: MailboxAddress

  /**
   * @param address `local-part@domain`. A name may stand around it, as people write it: `Name <local-part@domain>`.
   * @param displayName The name; it takes the place of one in `address`.
   * @throws EmailAddressException when it is no address, or several.
   */
  constructor(address: string | EmailAddressArguments, displayName?: string) {
    const given = typeof address === 'string' ? { address, displayName } : address
    this.#mailbox = read(readArguments(given, ['address', 'displayName']))
  }

  /** The address of the engines as one of the object model. */
  static of(mailbox: MailboxAddress): EmailAddress {
    return new EmailAddress(mailbox.addrSpec, mailbox.displayName)
  }

  /** `local-part@domain`, the local part quoted where it has to be. */
  get address(): string {
    return this.#mailbox.addrSpec
  }

  /** The name; empty when there is none. */
  get displayName(): string {
    return this.#mailbox.displayName ?? ''
  }

  /** The same address for `@obmen/mail/mime` and `@obmen/mail/smtp`. */
  get mailbox(): MailboxAddress {
    return this.#mailbox
  }

  /** Whether both are the same mailbox, whatever the names: local parts equal to the letter, domains without regard to case (RFC 5321 §2.4). */
  equals(other: EmailAddress): boolean {
    return this.#mailbox.equals(other.#mailbox)
  }

  /** `<address>`, or `name <address>`. For people: a name with a comma is not quoted. */
  toString(): string {
    const { address, displayName } = this
    return displayName === '' ? `<${address}>` : `${displayName} <${address}>`
  }

  /** The same text as {@link toString}. */
  presentation(): string {
    return this.toString()
  }

  toJSON(): { address: string; displayName: string } {
    return { address: this.address, displayName: this.displayName }
  }
}

printAs(EmailAddress, (address) => `EmailAddress ${address.toString()}`)

/** @throws EmailAddressException when a text among them is no address. */
export function toAddresses(given: AddressInput): EmailAddress[] {
  return isList(given) ? given.map(toAddress) : [toAddress(given)]
}

function isList(given: AddressInput): given is readonly (EmailAddress | string)[] {
  return Array.isArray(given)
}

/** @throws EmailAddressException when a text is no address. */
export function toAddress(given: EmailAddress | string): EmailAddress {
  return given instanceof EmailAddress ? given : new EmailAddress(given)
}

function read({
  address,
  displayName = '',
}: {
  readonly address: string
  readonly displayName?: string | undefined
}): MailboxAddress {
  try {
    const parsed = MailboxAddress.parse(textOf(address))
    const { localPart, domain } = parsed
    return displayName === '' ? parsed : MailboxAddress.of({ localPart, domain, displayName })
  } catch (error) {
    if (error instanceof AddressInvalid) throw new EmailAddressException(address, error)
    throw error
  }
}

/** A setting that is missing somewhere is `undefined` where nobody writes types. */
function textOf(address: unknown): string {
  if (typeof address === 'string') return address
  throw new AddressInvalid({ input: typeof address, reason: 'it is no text' })
}
