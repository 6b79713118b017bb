/** The longest list of mechanisms and extensions is that of Cyrus IMAP, with some ninety names. */
const MAX_CAPABILITIES = 1_000

/**
 * What a server says it can do (RFC 9051 §7.2.2): names, in any case, some of them with a value after `=`.
 *
 * @example
 * ```ts
 * import { openImap, Secret } from '@obmen/mail/imap'
 *
 * await using imap = await openImap({
 *   host: 'imap.example.org',
 *   port: 993,
 *   tls: 'implicit',
 *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
 * })
 * console.log(imap.capabilities.has('IDLE'), imap.capabilities.appendLimit)
 * ```
 */
export class ImapCapabilities {
  /** As the server wrote them, in its order. */
  readonly names: readonly string[]
  readonly #known: ReadonlySet<string>

  constructor(names: readonly string[]) {
    this.names = names.slice(0, MAX_CAPABILITIES)
    this.#known = new Set(this.names.map((name) => name.toUpperCase()))
  }

  /** Whether the server named it: `IDLE`, `AUTH=PLAIN`, `LITERAL+` … */
  has(name: string): boolean {
    return this.#known.has(name.toUpperCase())
  }

  /** What stands after `name=`, once for each time: of `AUTH` the mechanisms. */
  valuesOf(name: string): readonly string[] {
    const prefix = `${name.toUpperCase()}=`
    return this.names
      .filter((known) => known.toUpperCase().startsWith(prefix))
      .map((known) => known.slice(prefix.length))
  }

  /** The SASL mechanisms on offer. */
  get saslMechanisms(): readonly string[] {
    return this.valuesOf('AUTH')
  }

  /** The largest letter that can be appended (RFC 7889), in octets; `undefined` when the server names none for all mailboxes. */
  get appendLimit(): number | undefined {
    const [value = ''] = this.valuesOf('APPENDLIMIT')
    return /^\d{1,15}$/.test(value) ? Number(value) : undefined
  }

  /** Whether it speaks nothing but revision 2, where names of mailboxes are UTF-8 (RFC 9051 appendix A). */
  get isRevision2Only(): boolean {
    return this.has('IMAP4rev2') && !this.has('IMAP4rev1')
  }
}
