import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import type { Messages } from '../locale/messages.ts'
import type { Io } from '../output/io.ts'

/** Says that nothing was done, why, and what to do instead. */
export function refuse(
  { io, messages }: { readonly io: Io; readonly messages: Messages },
  refusal: { readonly message: string; readonly hint: string },
): ExitCode {
  io.err(`${messages.general.errorLine(refusal.message)}\n`)
  io.err(`${messages.general.tryLine(refusal.hint)}\n`)
  return EXIT.usage
}
