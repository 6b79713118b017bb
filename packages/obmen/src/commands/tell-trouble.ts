import type { NodeCode } from '@obmen/exchange'

import type { KnownError } from '../errors/known-error.ts'
import { formatErrorJson } from '../output/error-json.ts'
import type { Invocation } from './command.ts'
import type { ToldBefore } from './told-before.ts'

/** Tells what went wrong, unless it was told before, or is that somebody stops the program. A program is told each time. */
export function tellTrouble(
  { io, messages, options }: Invocation,
  error: KnownError,
  told: ToldBefore,
): void {
  if (io.interruption().aborted) return
  const text = messages.errorText(error)
  if (options.isSet('json')) io.out(formatErrorJson(error, text))
  const { message, hint } = text
  if (!told.isNewTrouble(message)) return
  io.err(`${messages.general.errorLine(message)}\n`)
  if (hint !== undefined) io.err(`${messages.general.tryLine(hint)}\n`)
}

/** Ends a round, and tells when the trouble of the one before, with a node or with all, is over. A round that somebody has broken off does not say so. */
export function tellIfOver({ io, messages }: Invocation, told: ToldBefore, node?: NodeCode): void {
  if (told.endRound() !== 'trouble is over' || io.interruption().aborted) return
  const { exchange } = messages
  const words = exchange.troubleIsOver()
  io.err(`${node === undefined ? words : exchange.nodeProblem(node, words)}\n`)
}
