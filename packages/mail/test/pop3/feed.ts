import { octetsOf } from '../../src/base/octets.ts'
import type { Demand, Dialog } from '../../src/wire/dialog.ts'

/** What a server without CAPA answers to a login, for tests that are about octets and not about turns. */
const LOGIN_ANSWERS = ['+OK ready\r\n', '-ERR\r\n', '+OK\r\n', '+OK\r\n'].map(octetsOf)

/** Runs a dialog with a server that sends pieces without listening, and hangs up. Keeps the demands. */
export function feed<Result>(
  dialog: Dialog<Result>,
  pieces: Iterable<Uint8Array>,
): { readonly result: Result; readonly demands: readonly Demand[] } {
  const received = pieces[Symbol.iterator]()
  const demands: Demand[] = []
  let answer: Uint8Array | null | undefined
  for (;;) {
    const step = dialog.next(answer)
    if (step.done === true) return { result: step.value, demands }
    demands.push(step.value)
    answer = undefined
    if (step.value.kind === 'receive') {
      const next = received.next()
      answer = next.done === true ? null : next.value
    }
    if (step.value.kind === 'push') void step.value.sink(step.value.octets)
  }
}

/** The login's octets, a line a piece, as a server in lock step would send them; then the pieces of the test. */
export function* afterLogin(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield* LOGIN_ANSWERS
  yield* pieces
}
