/**
 * What a server says it can do (RFC 2449 §5): the tags of its CAPA listing, in any case.
 *
 * A server that does not know CAPA is not at fault: it is from before 1998, or small. `isKnown` is then `false`, and what it can
 * do is found out by trying.
 *
 * @example
 * ```ts
 * import { openPop3, Secret } from '@obmen/mail/pop3'
 *
 * await using maildrop = await openPop3({
 *   host: 'pop.example.org',
 *   port: 995,
 *   tls: 'implicit',
 *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
 * })
 * console.log(maildrop.capabilities.has('UIDL'), maildrop.capabilities.parameters('EXPIRE'))
 * ```
 */
export class Pop3Capabilities {
  /** `false`: the server did not answer CAPA, so nothing follows from what is missing here. */
  readonly isKnown: boolean
  readonly #parameters: ReadonlyMap<string, readonly string[]>

  private constructor(parameters: ReadonlyMap<string, readonly string[]> | undefined) {
    this.isKnown = parameters !== undefined
    this.#parameters = parameters ?? new Map()
  }

  /** Of a server that does not know CAPA. */
  static unknown(): Pop3Capabilities {
    return new Pop3Capabilities(undefined)
  }

  /** Reads the lines of a CAPA listing. A tag that comes twice keeps the parameters of both; an empty line says nothing. */
  static parse(lines: readonly string[]): Pop3Capabilities {
    const parameters = new Map<string, string[]>()
    for (const line of lines) {
      const [tag = '', ...rest] = line.trim().split(/[ \t]+/)
      const key = tag.toUpperCase()
      const known = parameters.get(key)
      if (key === '') continue
      if (known === undefined) parameters.set(key, rest)
      else for (const parameter of rest) known.push(parameter)
    }
    return new Pop3Capabilities(parameters)
  }

  /** Whether the server listed the tag: `TOP`, `UIDL`, `STLS`, `PIPELINING` … */
  has(tag: string): boolean {
    return this.#parameters.has(tag.toUpperCase())
  }

  /** What stood after the tag; empty when nothing did, or when the tag was not listed. */
  parameters(tag: string): readonly string[] {
    return this.#parameters.get(tag.toUpperCase()) ?? []
  }

  /** The SASL mechanisms on offer, as the server wrote them (RFC 2449 §6.3). */
  get saslMechanisms(): readonly string[] {
    return this.parameters('SASL')
  }
}
