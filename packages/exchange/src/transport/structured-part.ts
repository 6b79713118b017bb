/** A letter's attachment by the structure that an IMAP server tells of it, so that nothing but its content is fetched. */
import type { BodyPart } from '@obmen/mail/imap'
import {
  createTransferDecoder,
  parseContentDisposition,
  parseContentType,
  type TransferDecoder,
} from '@obmen/mail/mime'

/** What to fetch, and how to decode it. */
export interface StructuredPart {
  readonly section: string
  readonly decoder: TransferDecoder
}

/** The first part with such a file name; `undefined` when there is none, or its content is encoded in an unknown way. */
export function findPart(
  body: BodyPart,
  isWanted: (fileName: string) => boolean,
): StructuredPart | undefined {
  for (const part of leavesOf(body)) {
    const fileName = fileNameOf(part)
    if (fileName === undefined || !isWanted(fileName)) continue
    const decoder = createTransferDecoder(part.transferEncoding ?? '7bit')
    return decoder && { section: part.section, decoder }
  }
  return undefined
}

function* leavesOf(part: BodyPart): Generator<BodyPart> {
  const pending: BodyPart[] = [part]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    // A letter within the letter is somebody else's.
    if (!next.contentType.startsWith('multipart/')) yield next
    else for (const inner of next.parts.toReversed()) pending.push(inner)
  }
}

/** The server gives parameters as they stand in the letter, so they are read as if they stood there. */
function fileNameOf({ contentType, parameters, disposition }: BodyPart): string | undefined {
  const type = parseContentType(`${contentType}${written(parameters)}`).parameters.get('name')
  if (disposition === undefined) return type
  const body = `${disposition.kind}${written(disposition.parameters)}`
  return parseContentDisposition(body).parameters.get('filename') ?? type
}

function written(parameters: ReadonlyMap<string, string>): string {
  return [...parameters]
    .map(([name, value]) => `; ${name}="${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
    .join('')
}
