import type { Reply } from './reply.ts'

/** The extensions that this client makes use of, by their EHLO keywords. Servers offer others, and {@link SmtpExtensions.has} knows them too. */
export type SmtpExtensionKeyword =
  | '8BITMIME'
  | 'AUTH'
  | 'BINARYMIME'
  | 'CHUNKING'
  | 'DELIVERBY'
  | 'DSN'
  | 'ENHANCEDSTATUSCODES'
  | 'FUTURERELEASE'
  | 'MT-PRIORITY'
  | 'PIPELINING'
  | 'REQUIRETLS'
  | 'SIZE'
  | 'SMTPUTF8'
  | 'STARTTLS'
  | (string & {})

/** RFC 5321 §4.1.1.1. */
const KEYWORD = /^[A-Z0-9][A-Z0-9-]*$/
/** RFC 1870 §3: up to twenty digits. */
const SIZE_VALUE = /^\d{1,20}$/
/** How servers wrote AUTH before RFC 2554; Outlook Express understood nothing else, so some still write both. */
const OLD_AUTH = 'AUTH='

/**
 * What a server offered in its last answer to EHLO (RFC 5321 §4.1.1.1).
 *
 * Immutable. Only whole keywords at the beginning of a line count, and never the first line, which is the server's greeting; a line
 * that is not formed like a keyword and its parameters offers nothing.
 */
export class SmtpExtensions {
  /** What the server calls itself; for people, not to be relied on. */
  readonly serverName: string
  readonly #parameters: ReadonlyMap<string, readonly string[]>

  private constructor(
    serverName: string,
    parameters: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    this.serverName = serverName
    this.#parameters = parameters
  }

  /** Reads the reply to EHLO. */
  static parse(reply: Reply): SmtpExtensions {
    const [greeting = '', ...lines] = reply.lines
    const parameters = new Map<string, string[]>()
    for (const line of lines) addExtension(parameters, line)
    return new SmtpExtensions(firstWord(greeting), parameters)
  }

  /** What a server offers that knows only HELO: nothing. */
  static none(reply: Reply): SmtpExtensions {
    return new SmtpExtensions(firstWord(reply.lines[0] ?? ''))
  }

  /** The keywords in upper case, in the order of the server. */
  get keywords(): readonly string[] {
    return [...this.#parameters.keys()]
  }

  /** Whether the server offers an extension; the case of the keyword does not matter. */
  has(keyword: SmtpExtensionKeyword): boolean {
    return this.#parameters.has(keyword.toUpperCase())
  }

  /** The words after a keyword, as the server wrote them; none when it has no parameters or is not offered. */
  parametersOf(keyword: SmtpExtensionKeyword): readonly string[] {
    return this.#parameters.get(keyword.toUpperCase()) ?? []
  }

  /** The largest letter the server takes, in octets; `undefined` when it names none: no SIZE, no number, or 0 (RFC 1870 §4). */
  get sizeLimit(): number | undefined {
    const [value = ''] = this.parametersOf('SIZE')
    const limit = SIZE_VALUE.test(value) ? Number(value) : 0
    return limit === 0 ? undefined : limit
  }

  /** The SASL mechanisms, in upper case, each once. */
  get authMechanisms(): readonly string[] {
    return [...new Set(this.parametersOf('AUTH').map((name) => name.toUpperCase()))]
  }
}

function addExtension(parameters: Map<string, string[]>, line: string): void {
  const isOldAuth = line.slice(0, OLD_AUTH.length).toUpperCase() === OLD_AUTH
  const text = isOldAuth ? `AUTH ${line.slice(OLD_AUTH.length)}` : line
  const [first = '', ...words] = text.split(' ').filter((word) => word !== '')
  const keyword = first.toUpperCase()
  if (text.startsWith(' ') || !KEYWORD.test(keyword)) return
  const known = parameters.get(keyword)
  if (known === undefined) parameters.set(keyword, words)
  // Only AUTH comes twice in earnest: `AUTH …` and `AUTH=…`. Of another keyword the first line holds.
  else if (keyword === 'AUTH') known.push(...words)
}

function firstWord(text: string): string {
  return text.split(' ', 1)[0] ?? ''
}
