/** The verb of a command line and what follows it, not yet understood. */
export interface CommandLine {
  /** In upper case: verbs are not case sensitive (RFC 5321 §2.4). */
  readonly verb: string
  /** Without the space that separates it from the verb; empty when nothing follows. */
  readonly argument: string
}

/** What a MAIL command says. */
export interface MailArgument {
  /** Without angle brackets and source route; empty for the null reverse-path. */
  readonly reversePath: string
  /** What SIZE declares (RFC 1870), or 0. */
  readonly declaredOctets: number
  /** Whether SMTPUTF8 was given (RFC 6531). */
  readonly isInternational: boolean
  /** Whether BODY=BINARYMIME was given (RFC 3030), so that the content can only come with BDAT. */
  readonly isBinary: boolean
  readonly parameters: PathParameters
}

/** What a RCPT command says. */
export interface RcptArgument {
  /** Without angle brackets and source route. */
  readonly forwardPath: string
  readonly parameters: PathParameters
}

/** What a BDAT command says. */
export interface BdatArgument {
  readonly octets: number
  readonly isLast: boolean
}

/** The parameters of MAIL or RCPT, by keyword in upper case; a keyword without `=` has the value `undefined`. */
export type PathParameters = ReadonlyMap<string, string | undefined>

/** A command understood, or the reply that refuses it. */
export type Understanding<Argument> =
  | { readonly kind: 'understood'; readonly argument: Argument }
  | { readonly kind: 'refused'; readonly reply: string }

/** The argument of MAIL or RCPT: a path and ESMTP parameters (RFC 5321 §4.1.1.2, §4.1.1.3). */
interface PathArgument {
  /** The mailbox without angle brackets and source route; empty for the null reverse-path `<>`. */
  readonly path: string
  readonly parameters: PathParameters
}

const NON_ASCII = '\\u0080-\\u{10ffff}'
const ATOM = `[A-Za-z0-9!#$%&'*+/=?^_\`{|}~${NON_ASCII}-]+`
const QUOTED = `"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e${NON_ASCII}]|\\\\[\\x20-\\x7e])*"`
const LABEL = `[A-Za-z0-9${NON_ASCII}](?:[A-Za-z0-9${NON_ASCII}-]*[A-Za-z0-9${NON_ASCII}])?`
const DOMAIN = `${LABEL}(?:\\.${LABEL})*`
const ADDRESS_LITERAL = '\\[[\\x21-\\x5a\\x5e-\\x7e]+\\]'
const MAILBOX = `(?:${ATOM}(?:\\.${ATOM})*|${QUOTED})@(?:${DOMAIN}|${ADDRESS_LITERAL})`
const SOURCE_ROUTE = `(?:@${DOMAIN}(?:,@${DOMAIN})*:)?`

const PATH = new RegExp(`^<${SOURCE_ROUTE}(${MAILBOX})>`, 'u')
const NULL_PATH = /^<()>/
const CLIENT_NAME = new RegExp(`^(?:${DOMAIN}|${ADDRESS_LITERAL})$`, 'u')
const PARAMETER = new RegExp(
  `^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\\x21-\\x3c\\x3e-\\x7e${NON_ASCII}]+))?$`,
  'u',
)

const BODY_VALUES: readonly (string | undefined)[] = ['7BIT', '8BITMIME', 'BINARYMIME']
const RET_VALUES: readonly (string | undefined)[] = ['FULL', 'HDRS']
const NOTIFY_VALUE = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/i
/** RFC 3461 §4: an address type and an address in xtext, or as RFC 6533 §3 writes it. */
const ORCPT_VALUE = /^(?:[A-Za-z0-9-]+;(?:[!-*,-<>-~]|\+[0-9A-F]{2})+)$/
const XTEXT_VALUE = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})+$/
const BDAT_ARGUMENT = /^(\d{1,15})( LAST)?$/i

/** The reply to a letter, announced or sent, that is larger than SIZE allows. */
export const TOO_LARGE_REPLY = '552 5.3.4 letter is larger than the announced limit'
const NEEDS_SMTPUTF8_REPLY = '553 5.6.7 the address needs SMTPUTF8'

/** RFC 5321 §4.5.3.1.3. */
const PATH_OCTETS_MAX = 256

export function parseCommandLine(line: string): CommandLine {
  const space = line.indexOf(' ')
  if (space < 0) return { verb: line.toUpperCase(), argument: '' }
  return { verb: line.slice(0, space).toUpperCase(), argument: line.slice(space + 1).trimEnd() }
}

/** Whether this may stand after EHLO or HELO: a domain or an address literal, so also safe in a Received field. */
export function isClientName(argument: string): boolean {
  return argument.length <= PATH_OCTETS_MAX && CLIENT_NAME.test(argument)
}

/** Understands what follows `MAIL `. Parameters belong to EHLO; after HELO there are none. */
export function parseMail(
  argument: string,
  session: { readonly isExtended: boolean; readonly sizeLimitOctets: number },
): Understanding<MailArgument> {
  const parsed = parsePathArgument('FROM:', argument)
  if (parsed === undefined) return refused('501 5.5.4 expected MAIL FROM:<reverse-path>')
  const { path, parameters } = parsed
  for (const [keyword, value] of parameters) {
    if (!session.isExtended || !isMailParameter(keyword, value)) {
      return refused(`555 5.5.4 parameter ${keyword} is not understood`)
    }
  }
  const declaredOctets = Number(parameters.get('SIZE') ?? 0)
  if (declaredOctets > session.sizeLimitOctets) return refused(TOO_LARGE_REPLY)
  const isInternational = parameters.has('SMTPUTF8')
  if (!isInternational && !isAscii(path)) return refused(NEEDS_SMTPUTF8_REPLY)
  const isBinary = parameters.get('BODY')?.toUpperCase() === 'BINARYMIME'
  return {
    kind: 'understood',
    argument: { reversePath: path, declaredOctets, isInternational, isBinary, parameters },
  }
}

/** Understands what follows `BDAT `; `undefined` when it is not to be understood, so that nobody knows where the next command begins. */
export function parseBdat(argument: string): BdatArgument | undefined {
  const [, octets, last] = BDAT_ARGUMENT.exec(argument) ?? []
  return octets === undefined ? undefined : { octets: Number(octets), isLast: last !== undefined }
}

/** Understands what follows `RCPT `. */
export function parseRcpt(argument: string, mail: MailArgument): Understanding<RcptArgument> {
  const parsed = parsePathArgument('TO:', argument)
  if (parsed === undefined) return refused('501 5.5.4 expected RCPT TO:<forward-path>')
  for (const [keyword, value] of parsed.parameters) {
    if (!isRcptParameter(keyword, value)) {
      return refused(`555 5.5.4 parameter ${keyword} is not understood`)
    }
  }
  if (!mail.isInternational && !isAscii(parsed.path)) return refused(NEEDS_SMTPUTF8_REPLY)
  const { path: forwardPath, parameters } = parsed
  return { kind: 'understood', argument: { forwardPath, parameters } }
}

/**
 * Parses what follows `MAIL ` (keyword `FROM:`) or `RCPT ` (keyword `TO:`), or returns `undefined` when it is not
 * exactly that. Strict on purpose: a client that writes `FROM: <…>` or leaves out the brackets is to be found in a
 * test, not by the first real server. Source routes are understood and ignored (RFC 5321 appendix C).
 */
function parsePathArgument(keyword: 'FROM:' | 'TO:', argument: string): PathArgument | undefined {
  if (!argument.toUpperCase().startsWith(keyword)) return undefined
  const text = argument.slice(keyword.length)
  const match = PATH.exec(text) ?? (keyword === 'FROM:' ? NULL_PATH.exec(text) : null)
  if (match === null || match[0].length > PATH_OCTETS_MAX) return undefined
  const parameters = parseParameters(text.slice(match[0].length))
  return parameters && { path: match[1] ?? '', parameters }
}

function parseParameters(text: string): PathParameters | undefined {
  const parameters = new Map<string, string | undefined>()
  if (text === '') return parameters
  if (!text.startsWith(' ')) return undefined
  for (const part of text.slice(1).split(' ')) {
    const match = PARAMETER.exec(part)
    const keyword = match?.[1]?.toUpperCase()
    if (keyword === undefined || parameters.has(keyword)) return undefined
    parameters.set(keyword, match?.[2])
  }
  return parameters
}

function isMailParameter(keyword: string, value: string | undefined): boolean {
  switch (keyword) {
    case 'SIZE':
      return value !== undefined && /^[0-9]{1,15}$/.test(value)
    case 'BODY':
      return BODY_VALUES.includes(value?.toUpperCase())
    case 'SMTPUTF8':
      return value === undefined
    case 'RET':
      return RET_VALUES.includes(value?.toUpperCase())
    case 'ENVID':
      return value !== undefined && XTEXT_VALUE.test(value)
    case 'AUTH': // RFC 4954 §5: who first submitted the letter; nobody here asks.
      return value !== undefined
    default:
      return false
  }
}

/** RFC 3461 §4.1, §4.2. */
function isRcptParameter(keyword: string, value: string = ''): boolean {
  if (keyword === 'NOTIFY') return NOTIFY_VALUE.test(value)
  return keyword === 'ORCPT' && ORCPT_VALUE.test(value)
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function refused(reply: string): Understanding<never> {
  return { kind: 'refused', reply }
}
