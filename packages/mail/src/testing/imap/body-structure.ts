/** ENVELOPE and BODYSTRUCTURE (RFC 9051 §7.5.2). Values are those of the fields, with nothing decoded. */

import { AddressInvalid } from '../../address/errors.ts'
import { type AddressListEntry, parseAddressList } from '../../address/address-list.ts'
import type { MailboxAddress } from '../../address/mailbox-address.ts'
import type { HeaderSection } from '../../mime/header-section.ts'
import { readAddressField } from '../../mime/read-address-field.ts'
import { type LetterPart, lineCount } from './letter-part.ts'
import type { ResponseWriter } from './response-writer.ts'

export function writeEnvelope(to: ResponseWriter, header: HeaderSection): void {
  const from = header.raw('From')
  to.text('(').nstring(header.raw('Date')).text(' ').nstring(header.raw('Subject'))
  // RFC 9051 §7.5.2: where there is no Sender or Reply-To, it is From.
  for (const body of [from, header.raw('Sender') ?? from, header.raw('Reply-To') ?? from]) {
    writeAddresses(to.text(' '), body)
  }
  for (const name of ['To', 'Cc', 'Bcc']) writeAddresses(to.text(' '), header.raw(name))
  to.text(' ')
    .nstring(header.raw('In-Reply-To'))
    .text(' ')
    .nstring(header.raw('Message-ID'))
    .text(')')
}

function writeAddresses(to: ResponseWriter, body: string | undefined): void {
  const entries = body === undefined ? [] : addressesOf(body)
  if (entries.length === 0) return void to.text('NIL')
  to.text('(')
  for (const entry of entries) {
    if (!('members' in entry)) {
      writeAddress(to, entry)
      continue
    }
    // A group begins and ends with an address that has no host.
    to.text('(NIL NIL ').string(entry.displayName).text(' NIL)')
    for (const member of entry.members) writeAddress(to, member)
    to.text('(NIL NIL NIL NIL)')
  }
  to.text(')')
}

function writeAddress(to: ResponseWriter, address: MailboxAddress): void {
  to.text('(').nstring(address.displayName).text(' NIL ').string(address.localPart)
  to.text(' ').string(address.domain).text(')')
}

function addressesOf(body: string): readonly AddressListEntry[] {
  try {
    return parseAddressList(body)
  } catch (error) {
    if (error instanceof AddressInvalid) return readAddressField(body)
    throw error
  }
}

/** Whether what came with revision 1 later is said too: parameters of multiparts, dispositions, languages. */
export type StructureForm = 'BODY' | 'BODYSTRUCTURE'

export function writeStructure(to: ResponseWriter, part: LetterPart, form: StructureForm): void {
  to.text('(')
  if (part.type === 'multipart' && part.parts.length > 0) writeMultipart(to, part, form)
  else writeSingle(to, part, form)
  to.text(')')
}

function writeMultipart(to: ResponseWriter, part: LetterPart, form: StructureForm): void {
  for (const inner of part.parts) writeStructure(to, inner, form)
  to.text(' ').string(part.subtype)
  if (form === 'BODY') return
  writeParameters(to.text(' '), part.header.raw('Content-Type'))
  writeDisposition(to.text(' '), part.header)
  to.text(' NIL NIL')
}

function writeSingle(to: ResponseWriter, part: LetterPart, form: StructureForm): void {
  const { header, letter } = part
  // A multipart that has no parts is content like any other.
  const [type, subtype] =
    part.type === 'multipart' ? ['application', 'octet-stream'] : [part.type, part.subtype]
  to.string(type).text(' ').string(subtype).text(' ')
  writeParameters(to, header.raw('Content-Type'))
  to.text(' ').nstring(header.raw('Content-ID'))
  to.text(' ').nstring(header.raw('Content-Description'))
  to.text(' ').string(part.transferEncoding).text(` ${part.bodyOctets.length}`)
  if (letter !== undefined) {
    writeEnvelope(to.text(' '), letter.header)
    writeStructure(to.text(' '), letter, form)
  }
  if (letter !== undefined || type === 'text') to.text(` ${lineCount(part.bodyOctets)}`)
  if (form === 'BODY') return
  to.text(' NIL ')
  writeDisposition(to, header)
  to.text(' NIL NIL')
}

function writeDisposition(to: ResponseWriter, header: HeaderSection): void {
  const body = header.raw('Content-Disposition')
  if (body === undefined) return void to.text('NIL')
  const [kind = ''] = body.split(';', 1)
  to.text('(').string(kind.trim()).text(' ')
  writeParameters(to, body)
  to.text(')')
}

/** A name and a value, in quotes or not. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g

/** As they were written: neither put together nor decoded (RFC 2231). */
function writeParameters(to: ResponseWriter, body: string | undefined): void {
  const found = [...(body ?? '').matchAll(PARAMETER)]
  if (found.length === 0) return void to.text('NIL')
  to.text('(').spaced(found, ([, name = '', quoted, plain = '']) => {
    to.string(name)
      .text(' ')
      .string(quoted?.replaceAll(/\\(.)/g, '$1') ?? plain)
  })
  to.text(')')
}
