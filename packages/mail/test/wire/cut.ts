import fc from 'fast-check'

/** The sizes of pieces, to be used over and over. */
export const pieceSizes: fc.Arbitrary<readonly number[]> = fc.array(
  fc.integer({ min: 1, max: 7 }),
  { minLength: 1, maxLength: 8 },
)

/** Cuts octets into pieces, the way a network may. Each piece is an array of its own. */
export function* cut(octets: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let from = 0
  for (let i = 0; from < octets.length; i++) {
    const size = sizes[i % sizes.length] ?? octets.length
    yield octets.slice(from, from + size)
    from += size
  }
}
