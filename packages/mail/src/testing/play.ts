import { drive } from '../net/drive.ts'
import type { Dialog } from '../wire/dialog.ts'
import { FaultyConnection } from './faulty-connection.ts'
import { TranscriptConnection } from './transcript-connection.ts'
import type { TranscriptOptions } from './transcript-connection.ts'
import { parseTranscript } from './transcript.ts'

export interface PlayOptions extends TranscriptOptions {
  readonly signal?: AbortSignal
}

/**
 * Plays a transcript against an engine, to its end, and gives what the engine returns. See `parseTranscript` for how
 * transcripts are written.
 *
 * @throws AssertionError when the client does not say what the transcript has.
 * @throws what the engine throws, when that is so.
 *
 * @example
 * ```ts
 * import { play } from '@obmen/mail/testing'
 * import type { Dialog } from '@obmen/mail/testing'
 *
 * function* sayNoop(): Dialog<void> {
 *   yield { kind: 'send', octets: new TextEncoder().encode('NOOP\r\n'), timeoutMs: 1_000 }
 *   yield { kind: 'receive', timeoutMs: 1_000 }
 * }
 *
 * const transcript = `
 *   C: NOOP
 *   S: 250 ok
 * `
 * await play(sayNoop(), transcript, { cut: [1] })
 * ```
 */
export async function play<Result>(
  dialog: Dialog<Result>,
  transcript: string,
  options: PlayOptions = {},
): Promise<Result> {
  const connection = new TranscriptConnection(transcript, options)
  const result = await drive(dialog, connection, options).catch((error: unknown) => {
    connection.assertFinishedAfter(error)
    throw error
  })
  connection.assertFinished()
  return result
}

/** How a dialog ended when the server hung up. */
export type HangUpOutcome<Result> = { readonly afterCalls: number } & (
  | { readonly kind: 'returned'; readonly result: Result }
  | { readonly kind: 'threw'; readonly error: unknown }
)

/**
 * Plays a transcript over and over, and has the server hang up after no demand, after one, after two, and so on, until it is played
 * whole: the last outcome is that of the undisturbed conversation.
 *
 * @param begin begins the same dialog anew.
 * @throws AssertionError when the client does not say what the transcript has.
 */
export async function playHangingUp<Result>(
  begin: () => Dialog<Result>,
  transcript: string,
  options: PlayOptions = {},
): Promise<readonly HangUpOutcome<Result>[]> {
  const steps = parseTranscript(transcript)
  const outcomes: HangUpOutcome<Result>[] = []
  for (let afterCalls = 0; ; afterCalls++) {
    const server = new TranscriptConnection(steps, options)
    const connection = new FaultyConnection(server, { hangUpAtCall: afterCalls + 1 })
    const outcome = await drive(begin(), connection, options).then(
      (result) => ({ afterCalls, kind: 'returned', result }) as const,
      (error: unknown) => ({ afterCalls, kind: 'threw', error }) as const,
    )
    outcomes.push(outcome)
    if (connection.calls <= afterCalls) {
      server.assertFinished()
      return outcomes
    }
    server.assertNoMismatch()
  }
}
