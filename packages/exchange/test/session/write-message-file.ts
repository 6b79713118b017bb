import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import type { ChangeBatch } from '@obmen/exchange'

import type { MessageHeader } from '../../src/plan/message-header.ts'
import { type BodyOptions, writeBody } from '../../src/session/write-body.ts'
import { composeContent, readContent } from '../../src/session/message-content.ts'

export interface WrittenFile {
  readonly path: string
  readonly rowCount: number
  readonly lastSeq: number | undefined
  readonly hasMore: boolean
}

/** Writes the file of a message as its receiver gets it. */
export async function writeMessageFile(
  path: string,
  draft: { readonly header: MessageHeader; readonly batches: AsyncIterable<ChangeBatch> },
  options: BodyOptions,
): Promise<WrittenFile> {
  const bodyPath = `${path}.body`
  const body = await writeBody({ name: 'body', path: bodyPath }, () => draft.batches, options)
  const pieces = await body.piecesFor(draft.header.to)
  await body.close()
  const { content } = composeContent(draft.header, {
    body: { name: body.name, pieces },
    checks: [],
  })
  await pipeline(readContent(content, bodyPath), createWriteStream(path))
  const { lastSeq, hasMore } = body
  return { path, rowCount: pieces.rowCount, lastSeq, hasMore }
}
