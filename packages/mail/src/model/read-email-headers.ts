import type { HeaderSection } from '../mime/header-section.ts'
import { EmailHeaders } from './email-headers.ts'
import { fieldsOf } from './read-letter.ts'

/** The headers of a letter whose text was not read. */
export class ReadEmailHeaders extends EmailHeaders {
  constructor(header: HeaderSection) {
    super(fieldsOf(header))
  }
}
