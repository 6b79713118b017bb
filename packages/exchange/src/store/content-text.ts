/** What a message's file is made of, as every store keeps it: as JSON. */
import { isArray } from '../message/json.ts'
import type { MessageContent, SentMessage } from '../plan/node-state.ts'

/** `null` when the message is delivered. */
export function formatContent({ content }: SentMessage): string | null {
  if (content === undefined) return null
  return JSON.stringify([content.head, content.body, content.ranges, content.tail])
}

export function parseContent(text: unknown): Pick<SentMessage, 'content'> {
  if (typeof text !== 'string') return {}
  const json: unknown = JSON.parse(text)
  const [head, body, ranges, tail] = isArray(json) ? json : []
  if (typeof head !== 'string' || typeof body !== 'string' || typeof tail !== 'string') return {}
  return { content: { head, body, ranges: readRanges(ranges), tail } }
}

function readRanges(json: unknown): MessageContent['ranges'] {
  if (!isArray(json)) return []
  return json.flatMap((range) => {
    const [begin, end] = isArray(range) ? range : []
    return typeof begin === 'number' && typeof end === 'number' ? [[begin, end] as const] : []
  })
}

/** The bodies that undelivered messages are made of. */
export function bodiesOf(contents: readonly unknown[]): string[] {
  const bodies = contents.map((text) => parseContent(text).content?.body ?? '')
  return [...new Set(bodies.filter((body) => body !== ''))]
}
