import type { ContentType } from './content-type.ts'

/** Which piece of a letter that was cut in pieces a letter is (RFC 2046 §5.2.2). */
export interface MessagePartial {
  /** The same for all pieces of one letter. */
  readonly id: string
  /** From 1. */
  readonly number: number
  /** How many pieces there are; only the last one has to say. */
  readonly total?: number
}

const NUMBER = /^\d{1,9}$/

/**
 * Reads what a `message/partial` says of itself; `undefined` for any other media type, and for one that does not say which piece it is. The pieces are not put
 * together: nothing writes them any more but who wants to get something past a scanner.
 */
export function readMessagePartial({
  mediaType,
  parameters,
}: ContentType): MessagePartial | undefined {
  const id = parameters.get('id') ?? ''
  const number = readNumber(parameters.get('number'))
  if (mediaType !== 'message/partial' || id === '' || number === undefined) return undefined
  const total = readNumber(parameters.get('total'))
  return { id, number, ...(total !== undefined && total >= number ? { total } : {}) }
}

function readNumber(digits: string | undefined): number | undefined {
  const number = NUMBER.test(digits ?? '') ? Number(digits) : 0
  return number > 0 ? number : undefined
}
