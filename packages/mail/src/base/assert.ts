/** Something happened that this package had ruled out: a mistake in it, not in its caller and not in the peer. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed'
}

/**
 * States what must be true here. Kept on in production: going on after it would turn a mistake into wrong mail.
 *
 * @throws AssertionFailed when it is not.
 */
export function assert(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new AssertionFailed(`assertion failed: ${statement}`)
}
