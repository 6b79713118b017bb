import type { CommandEnd } from '../../imap/server-session.ts'

/** What a command has led to: responses without a tag, and its end. */
export interface Outcome {
  readonly pieces: Iterable<Uint8Array>
  readonly end: CommandEnd
}

export function ok(text: string, pieces: Iterable<Uint8Array> = []): Outcome {
  return { pieces, end: { status: 'OK', text } }
}

export function no(text: string): Outcome {
  return { pieces: [], end: { status: 'NO', text } }
}

export function bad(text: string): Outcome {
  return { pieces: [], end: { status: 'BAD', text } }
}
