import type { MailboxParts } from './mailbox-address.ts'
import type { TokenReader } from './token-reader.ts'

/** `mailbox` of RFC 5322 §3.4: a name and an address in angle brackets, or the address alone. */
export function readMailbox(reader: TokenReader): MailboxParts {
  if (reader.sees('<')) return readAngleAddress(reader)
  const start = reader.mark()
  const displayName = readPhrase(reader)
  if (reader.sees('<')) {
    return { displayName: displayName ?? '', ...readAngleAddress(reader) }
  }
  reader.returnTo(start)
  return readAddrSpec(reader)
}

/**
 * `phrase`, with the dots of `obs-phrase`: words joined by single spaces, but where a dot alone stands between them, since programs write dots
 * into encoded-words (`=?utf-8?Q?J._Doe?=`), which RFC 2047 §5 (3) forbids. `undefined` when no word begins here. A name that
 * stands between quotes keeps the spaces between them.
 */
export function readPhrase(reader: TokenReader): string | undefined {
  let phrase: string | undefined
  let space = ' '
  for (;;) {
    if (phrase !== undefined && reader.accept('.')) {
      phrase += '.'
      space = reader.hasSkipped ? ' ' : ''
      continue
    }
    const word = reader.readAtom() ?? reader.readQuotedString()
    if (word === undefined) return phrase
    phrase = phrase === undefined ? word : `${phrase}${space}${word}`
    space = ' '
  }
}

function readAngleAddress(reader: TokenReader): MailboxParts {
  reader.expect('<')
  skipRoute(reader)
  const parts = readAddrSpec(reader)
  reader.expect('>')
  return parts
}

/** `obs-route`: `@relay,@relay:`. RFC 5322 §4.4 and RFC 5321 §4.1.1.3 tell the reader to ignore it. */
function skipRoute(reader: TokenReader): void {
  if (!reader.sees('@') && !reader.sees(',')) return
  while (!reader.accept(':')) {
    if (reader.accept(',')) continue
    reader.expect('@')
    readDomain(reader)
  }
}

function readAddrSpec(reader: TokenReader): MailboxParts {
  const localPart = readDotted(reader, 'the local part')
  reader.expect('@')
  return { localPart, domain: readDomain(reader) }
}

function readDomain(reader: TokenReader): string {
  return reader.readDomainLiteral() ?? readDotted(reader, 'the domain')
}

/** `obs-local-part`, of which `dot-atom` and `quoted-string` are the usual cases; `obs-domain`, which has no quotes. */
function readDotted(reader: TokenReader, what: 'the local part' | 'the domain'): string {
  const words: string[] = []
  do {
    const quoted = what === 'the domain' ? undefined : reader.readQuotedString()
    const word = quoted ?? reader.readAtom()
    if (word === undefined) reader.fail(`${what} is missing or not well formed`)
    words.push(word)
  } while (reader.accept('.'))
  return words.join('.')
}
