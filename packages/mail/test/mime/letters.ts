import type { MessageLimits, ReadingOptions } from '../../src/mime/parse-message.ts'
import { MessageReader } from '../../src/mime/parse-message.ts'
import { latin } from './cut.ts'

/** A part as a test looks at it. */
export interface ReadPart {
  readonly path: string
  readonly mediaType: string
  readonly fileName?: string
  /** `undefined` for a multipart; one character an octet. */
  readonly content?: string
}

/** A letter as a test looks at it: what the events come to, however the content was cut. */
export interface ReadLetter {
  readonly parts: readonly ReadPart[]
  readonly defects: readonly string[]
  /** Begins and ends, in their order. */
  readonly order: readonly string[]
  readonly subject: string | undefined
}

/** Reads a letter that comes in these pieces. */
export function readLetter(
  pieces: Iterable<Uint8Array>,
  limits: Partial<MessageLimits> = {},
  options: ReadingOptions = {},
): ReadLetter {
  const reader = new MessageReader(limits, options)
  const parts: ReadPart[] = []
  const order: string[] = []
  const contents = new Map<ReadPart, string[]>()
  let subject: string | undefined
  const events = function* (): Generator<ReturnType<MessageReader['push']>[number]> {
    for (const piece of pieces) yield* reader.push(piece)
    yield* reader.end()
  }
  for (const event of events()) {
    if (event.kind === 'part') {
      if (event.path.length === 0) subject = event.header.first('subject')
      const { fileName } = event
      const part = {
        path: event.path.join('.'),
        mediaType: event.contentType.mediaType,
        ...(fileName === undefined ? {} : { fileName }),
      }
      order.push(`+${part.path}`)
      parts.push(part)
    }
    if (event.kind === 'end') order.push(`-${event.path.join('.')}`)
    if (event.kind === 'defect') order.push(`!${event.defect.kind}`)
    const last = parts.at(-1)
    if (event.kind === 'content' && last !== undefined) {
      contents.set(last, [...(contents.get(last) ?? []), latin(event.octets)])
    }
  }
  return {
    parts: parts.map((part) => {
      const content = contents.get(part)?.join('')
      return content === undefined ? part : { ...part, content }
    }),
    defects: reader.defects.map((defect) => defect.kind),
    order,
    subject,
  }
}
