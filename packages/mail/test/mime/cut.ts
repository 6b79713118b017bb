/** The octets cut at these places, sorted; places beyond the end don't count. */
export function cutAt(octets: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const inside = [...places].filter((place) => place < octets.length).toSorted((a, b) => a - b)
  const starts = [0, ...inside]
  return starts.map((start, index) => octets.subarray(start, inside[index] ?? octets.length))
}

/** The octets one by one. */
export function octetByOctet(octets: Uint8Array): readonly Uint8Array[] {
  return Array.from(octets, (octet) => new Uint8Array([octet]))
}

/** The pieces one after the other in one Buffer, each written over the one before: as they come who reads a file into the same memory over and over. */
export function* inOneBuffer(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(...pieces.map((piece) => piece.length)))
  for (const piece of pieces) {
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
    buffer.fill('?')
  }
}

/** A text as octets of UTF-8. */
export function octets(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Octets as a text, one character an octet. */
export function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** What a streaming coder makes of pieces. */
export function through(
  coder: { push(octets: Uint8Array): Uint8Array; end(): Uint8Array },
  pieces: readonly Uint8Array[],
): Uint8Array {
  const parts = pieces.map((piece) => coder.push(piece))
  return Buffer.concat([...parts, coder.end()])
}
