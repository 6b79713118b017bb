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

/** The headers of a letter whose text was not read. */
export class ReadEmailHeaders extends EmailHeaders {
  /** @param octets The header section, or the beginning of a letter. */
  constructor(octets: Uint8Array) {
    super(fieldsOf(readHeaderSection(octets)))
  }
}
