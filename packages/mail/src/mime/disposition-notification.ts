/** What a notification says of a letter that was displayed, or otherwise dealt with (RFC 8098): the content of a `message/disposition-notification`. */

import type { HeaderLimits, HeaderSection } from './header-section.ts'
import { fieldGroups, readTypedValue, withoutUndefined } from './report-fields.ts'
import type { TypedValue } from './report-fields.ts'
import { trimWhiteSpace, withoutComments } from './text.ts'

/** What was done, and whether a person did it (RFC 8098 §3.2.6). Words in lower case; a word nobody knows is kept. */
export interface Disposition {
  /** `manual-action` or `automatic-action`. */
  readonly actionMode: string
  /** `mdn-sent-manually` or `mdn-sent-automatically`. */
  readonly sendingMode: string
  /** `displayed`, `deleted`, `dispatched`, `processed`; `denied` and `failed` of older programs. */
  readonly type: string
  /** `error` says that something went wrong; {@link DispositionStatus.errors} what. */
  readonly modifiers: readonly string[]
}

/** What is reported. What isn't there is `undefined`; {@link fields} has all of it as it came. */
export interface DispositionStatus {
  /** The program, and on which host: `host.example.org; a program`. */
  readonly reportingUa?: string
  readonly mdnGateway?: TypedValue
  readonly originalRecipient?: TypedValue
  readonly finalRecipient?: TypedValue
  /** The letter that it is about: `<left@right>`. */
  readonly originalMessageId?: string
  readonly disposition?: Disposition
  readonly errors: readonly string[]
  readonly fields: HeaderSection
}

/**
 * Reads the content of a `message/disposition-notification` or `message/global-disposition-notification`; `undefined` when there is no field in it.
 *
 * @throws LimitExceeded when it is larger than a header section may be.
 */
export function readDispositionStatus(
  content: Uint8Array,
  limits: Partial<HeaderLimits> = {},
): DispositionStatus | undefined {
  const [fields] = fieldGroups(content, limits)
  if (fields === undefined) return undefined
  return {
    ...withoutUndefined({
      reportingUa: fields.first('reporting-ua'),
      mdnGateway: readTypedValue(fields.first('mdn-gateway')),
      originalRecipient: readTypedValue(fields.first('original-recipient')),
      finalRecipient: readTypedValue(fields.first('final-recipient')),
      originalMessageId: fields.first('original-message-id'),
      disposition: readDisposition(fields.first('disposition')),
    }),
    errors: fields.all('error'),
    fields,
  }
}

/** `action-mode/sending-mode; type/modifier,modifier`. */
function readDisposition(text: string | undefined): Disposition | undefined {
  const plain = withoutComments(text ?? '').toLowerCase()
  const semicolon = plain.indexOf(';')
  if (semicolon < 0) return undefined
  const [actionMode = '', sendingMode = ''] = words(plain.slice(0, semicolon), '/')
  const [type = '', modifiers = ''] = words(plain.slice(semicolon + 1), '/')
  if (type === '') return undefined
  return { actionMode, sendingMode, type, modifiers: words(modifiers, ',').filter(Boolean) }
}

function words(text: string, separator: string): readonly string[] {
  return text.split(separator).map(trimWhiteSpace)
}
