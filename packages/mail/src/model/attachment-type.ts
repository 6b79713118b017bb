import { octetsOf } from '../base/octets.ts'
import { isTypeParameter } from '../mime/attachment-part.ts'
import { MEDIA_TYPE, parseContentType, type ContentType } from '../mime/content-type.ts'
import { encodeCharset, isUtf8 } from './encode-charset.ts'
import { IllegalArgumentException } from './exception.ts'
import { quoted } from './quoted.ts'

/**
 * A content type as somebody gives it: `image/png`, `text/csv; charset=windows-1251`.
 *
 * @throws IllegalArgumentException when it is none, or has a parameter that none has.
 */
export function readAttachmentType(contentType: string): ContentType {
  const refuse = (): never => {
    throw new IllegalArgumentException(
      `${quoted(contentType)} is no content type: write it as image/png, or text/csv; charset=utf-8`,
    )
  }
  const [mediaType = ''] = contentType.split(';', 1)
  if (!MEDIA_TYPE.test(mediaType.trim())) refuse()
  const type = parseContentType(contentType, refuse)
  const parameters = writableParameters(type.parameters)
  // The name is the attachment's, whatever the type says it is.
  const names = [...type.parameters.keys()].filter((name) => name !== 'name')
  return names.length === parameters.size ? { ...type, parameters } : refuse()
}

/** Those parameters that can be written. */
export function writableParameters(
  parameters: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...parameters].filter(([name]) => isTypeParameter(name)))
}

/** A text in the charset of its type, and the type with that charset: UTF-8 when it says none. @throws IllegalArgumentException when that can't be. */
export function encodeInType(
  text: string,
  contentType: string,
): { readonly octets: Uint8Array; readonly contentType: string } {
  const { mediaType, parameters } = readAttachmentType(contentType)
  const charset = parameters.get('charset')
  if (charset !== undefined && !isUtf8(charset)) {
    return { octets: encodeCharset(text, charset), contentType }
  }
  const isUnsaid = charset === undefined && mediaType.startsWith('text/')
  return {
    octets: octetsOf(text),
    contentType: isUnsaid ? `${contentType}; charset=utf-8` : contentType,
  }
}
