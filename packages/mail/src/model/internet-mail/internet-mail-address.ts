import { EmailAddress } from '../email-address.ts'
import { printAs } from '../print-as.ts'
import { InternetMailCollection } from './collection.ts'

/**
 * The address of one mailbox, with or without a name. It can be set to another address, and is valid all the time: no line break can be in it.
 *
 * @example
 * ```ts
 * import { InternetMailAddress } from '@obmen/mail/internet-mail'
 *
 * const office = new InternetMailAddress('office@example.org', 'Office')
 * console.log(office.user, office.server) // office example.org
 * ```
 */
export class InternetMailAddress {
  #address: EmailAddress
  /** What the name is written in. Letters are written in UTF-8 whatever it is. */
  encoding = 'UTF-8'

  /** The arguments are an extension. @throws EmailAddressException when it is no address. */
  constructor(address: string | EmailAddress, displayName: string = '') {
    const given = typeof address === 'string' ? address : address.address
    const name =
      displayName === '' && typeof address !== 'string' ? address.displayName : displayName
    this.#address = new EmailAddress(given, name)
  }

  /** `user@server`. @throws EmailAddressException when it is set to something that is no address. */
  get address(): string {
    return this.#address.address
  }

  set address(address: string) {
    this.#address = new EmailAddress(address, this.displayName)
  }

  /** The name; empty when there is none. @throws EmailAddressException when it is set to something that can't be one. */
  get displayName(): string {
    return this.#address.displayName
  }

  set displayName(displayName: string) {
    this.#address = new EmailAddress(this.address, displayName)
  }

  /** What stands before the `@`. */
  get user(): string {
    return this.#address.mailbox.localPart
  }

  /** What stands behind the `@`. */
  get server(): string {
    return this.#address.mailbox.domain
  }

  /** The same address as the other object model has it. An extension. */
  get emailAddress(): EmailAddress {
    return this.#address
  }

  toString(): string {
    return this.#address.toString()
  }

  toJSON(): object {
    return this.#address.toJSON()
  }
}

printAs(InternetMailAddress, (address) => `InternetMailAddress ${address.toString()}`)

/** The addresses of a letter. */
export class InternetMailAddresses extends InternetMailCollection<InternetMailAddress> {
  /** @returns the address. @throws EmailAddressException when it is none. */
  add(
    address: string | EmailAddress | InternetMailAddress,
    displayName: string = '',
  ): InternetMailAddress {
    const added =
      address instanceof InternetMailAddress
        ? address
        : new InternetMailAddress(address, displayName)
    this.push(added)
    return added
  }
}
