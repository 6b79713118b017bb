/** LIST and LSUB (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154), as a server reads them. */

import { textOf } from '../base/octets.ts'
import { decodeModifiedUtf7 } from './mailbox-name.ts'
import type { NameEncoding } from './mailbox-name.ts'
import { Unreadable } from './response-reader.ts'
import type { ResponseReader } from './response-reader.ts'

export interface ListCommand {
  readonly name: 'LIST' | 'LSUB'
  readonly reference: string
  /** With `*` for anything and `%` for anything but the delimiter. */
  readonly patterns: readonly string[]
  /** Which to list: `SUBSCRIBED`, `SPECIAL-USE`, `REMOTE` … */
  readonly selected: ReadonlySet<string>
  /** What to say of each: `CHILDREN`, `SUBSCRIBED`, `SPECIAL-USE`. */
  readonly returned: ReadonlySet<string>
  /** What to count in each; `undefined` when nothing was asked for. */
  readonly status: readonly string[] | undefined
}

const SELECTIONS: ReadonlySet<string> = new Set([
  'SUBSCRIBED',
  'REMOTE',
  'RECURSIVEMATCH',
  'SPECIAL-USE',
])

export function readList(reader: ResponseReader, encoding: NameEncoding): ListCommand {
  reader.expectSpace()
  const selected = new Set(reader.isAt('(') ? readNames(reader) : [])
  const unknown = [...selected].find((name) => !SELECTIONS.has(name))
  if (unknown !== undefined) throw new Unreadable(`there is no selection ${unknown}`)
  if (selected.size > 0) reader.expectSpace()
  const reference = readPattern(reader, encoding)
  reader.expectSpace()
  const patterns = reader.isAt('(')
    ? reader.list(() => readPattern(reader, encoding))
    : [readPattern(reader, encoding)]
  const returned = new Set<string>()
  let status: readonly string[] | undefined
  if (!reader.isAtEnd) {
    reader.expectSpace()
    if (reader.keyword() !== 'RETURN') throw new Unreadable('RETURN is missing')
    reader.expectSpace()
    reader.list(() => {
      const name = reader.keyword()
      returned.add(name)
      if (name !== 'STATUS') return
      reader.expectSpace()
      status = readNames(reader)
    })
  }
  return { name: 'LIST', reference, patterns, selected, returned, status }
}

export function readLsub(reader: ResponseReader, encoding: NameEncoding): ListCommand {
  reader.expectSpace()
  const reference = readPattern(reader, encoding)
  reader.expectSpace()
  const patterns = [readPattern(reader, encoding)]
  return {
    name: 'LSUB',
    reference,
    patterns,
    selected: new Set(['SUBSCRIBED']),
    returned: new Set(),
    status: undefined,
  }
}

/** Words in parentheses, in upper case. */
export function readNames(reader: ResponseReader): readonly string[] {
  return reader.list(() => reader.keyword())
}

function readPattern(reader: ResponseReader, encoding: NameEncoding): string {
  const written = textOf(reader.astring())
  return encoding === 'utf-8' ? written : (decodeModifiedUtf7(written) ?? written)
}
