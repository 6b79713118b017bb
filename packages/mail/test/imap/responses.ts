import { octetsOf } from '../../src/base/octets.ts'
import { ResponseFramer } from '../../src/imap/framing.ts'
import type { ChooseSink, FramedResponse } from '../../src/imap/framing.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import type { ImapLimits } from '../../src/imap/limits.ts'
import type { NameEncoding } from '../../src/imap/mailbox-name.ts'
import { parseResponse } from '../../src/imap/parse-response.ts'
import type { ImapResponse } from '../../src/imap/response.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { cut } from '../wire/cut.ts'

export interface ReadOptions {
  /** The sizes of the pieces in which the octets come; by default all at once. */
  readonly sizes?: readonly number[]
  readonly limits?: Partial<ImapLimits>
  readonly nameEncoding?: NameEncoding
  readonly chooseSink?: ChooseSink
}

/** Cuts what a server sends into responses, until it hangs up. */
export function frame(
  sent: string | Uint8Array,
  { sizes = [], limits = {}, chooseSink }: ReadOptions = {},
): readonly FramedResponse[] {
  const octets = typeof sent === 'string' ? octetsOf(sent) : sent
  const framer = new ResponseFramer({ ...DEFAULT_IMAP_LIMITS, ...limits }, DEFAULT_DEADLINES)
  const pieces = cut(octets, sizes)
  const frames: FramedResponse[] = []
  for (;;) {
    const dialog = framer.receive(1_000, chooseSink)
    let answer: Uint8Array | null | undefined
    for (;;) {
      const step = nextStep(dialog, answer)
      if (step === undefined) return frames
      if (step.done === true) {
        frames.push(step.value)
        break
      }
      answer = undefined
      if (step.value.kind === 'receive') answer = pieces.next().value ?? null
      if (step.value.kind === 'push') void step.value.sink(step.value.octets)
    }
  }
}

type Receiving = ReturnType<ResponseFramer['receive']>

function nextStep(
  dialog: Receiving,
  answer: Uint8Array | null | undefined,
): ReturnType<Receiving['next']> | undefined {
  try {
    return dialog.next(answer)
  } catch (error) {
    if (error instanceof ConnectionLost) return undefined
    throw error
  }
}

/** Reads what a server sends, until it hangs up. */
export function read(
  sent: string | Uint8Array,
  options: ReadOptions = {},
): readonly ImapResponse[] {
  const { limits, nameEncoding = 'modified-utf-7' } = options
  const context = { limits: { ...DEFAULT_IMAP_LIMITS, ...limits }, nameEncoding }
  return frame(sent, options).map((framed) => parseResponse(framed, context))
}

/** Reads one response: a line, without its end. */
export function readOne(line: string | Uint8Array, options: ReadOptions = {}): ImapResponse {
  const octets = typeof line === 'string' ? octetsOf(`${line}\r\n`) : line
  const [response, ...others] = read(octets, options)
  if (response === undefined || others.length > 0) throw new Error('not one response')
  return response
}
