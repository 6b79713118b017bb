import { parseHeaderSection, type HeaderSection } from '../mime/header-section.ts'
import { EmailHeaders } from './email-headers.ts'
import { fieldsOf } from './read-letter.ts'

/**
 * What a mailbox gives is read however odd it is: one letter with too many fields must not hide all others. How much of it there can be, the engines bound.
 */
const NO_LIMITS = { headerOctets: Infinity, headerLineOctets: Infinity, headerFields: Infinity }

/** @param octets The header section, or the beginning of a letter. */
export function readHeaderSection(octets: Uint8Array): HeaderSection {
  return parseHeaderSection(octets, NO_LIMITS)
}

/** What stands before the first empty line of a letter, whatever its line ends are. */
export function headerOf(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  const ends = ['\r\n', '\n'].flatMap((end) => {
    const at = text.indexOf(`${end}${end}`)
    return at < 0 ? [] : at + end.length
  })
  return octets.subarray(0, Math.min(octets.length, ...ends))
}

/** The headers of a letter whose text was not read. */
export class ReadEmailHeaders extends EmailHeaders {
  /** @param octets The header section, or the beginning of a letter. */
  constructor(octets: Uint8Array) {
    super(fieldsOf(readHeaderSection(octets)))
  }
}
