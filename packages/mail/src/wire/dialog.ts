/**
 * The contract between a protocol engine and a connection.
 *
 * An engine is a generator. It yields what it wants next, a {@link Demand}, and is resumed with the answer, or
 * with an error thrown in when the connection can't fulfil the demand. It does no I/O, so the same engine runs over
 * a socket, over a transcript in a test, cut at every octet, or with the line breaking at every step.
 *
 * | demand | the engine is resumed with |
 * |---|---|
 * | `send` | nothing, once the octets are handed to the connection, or `null` when that took long |
 * | `receive` | the next octets (at least one), or `null` when the peer has closed |
 * | `poll` | octets that have arrived already, at once `undefined` when there are none, or `null` when the peer has closed |
 * | `listen` | octets as soon as there are some, or `undefined` when it is over without |
 * | `startTls` | nothing, once the connection is encrypted and the peer's certificate verified |
 * | `pull` | the next octets of the source, `null` at its end, or `undefined` when its patience is over |
 * | `push` | nothing, once the sink is ready for more |
 */

/** Where content comes from, piece by piece: a letter being composed, a file being read. */
export type OctetSource = AsyncIterator<Uint8Array>

/** Where content goes to, piece by piece. A returned promise holds the connection back until it settles. */
export type OctetSink = (octets: Uint8Array) => void | Promise<void>

export type Demand =
  | {
      readonly kind: 'send'
      readonly octets: Uint8Array
      readonly timeoutMs: number
      /** The next demand sends what follows them, and both may leave together: so nobody has to copy large octets to join them with others. */
      readonly isContinued?: boolean
      /** Once this is answered nobody looks at the octets any more, nor at those that they continue: the array may be used again. */
      readonly isLent?: boolean
      /** What the protocol log shows instead of the octets when they hold a secret. */
      readonly logAs?: string
      /** The secrets in the octets, in every form in which the peer may repeat them: the log never shows these from now on. */
      readonly secrets?: readonly string[]
    }
  | {
      readonly kind: 'receive'
      readonly timeoutMs: number
      /** Receives of one answer name the same object, and `timeoutMs` is for all of them together. Without it, each line has its own time. */
      readonly answer?: object
    }
  /** Looks whether the peer has spoken before it was asked. */
  | {
      readonly kind: 'poll'
      /** What has been read already will do: this is asked in the middle of other traffic, and looking further would take more time than the answer is worth. */
      readonly isInPassing?: boolean
    }
  /** Waits for the peer to speak, as long as this side has nothing to say. That it does not is no failure. */
  | {
      readonly kind: 'listen'
      /** Of all listens of one dialog together: a peer that speaks now and then makes it no longer. */
      readonly forMs: number
      /** Ends the waiting when it settles. */
      readonly interrupt: PromiseLike<unknown>
    }
  /** Made only when nothing received is left unread: octets that came before TLS must not be taken for octets after it. */
  | { readonly kind: 'startTls'; readonly timeoutMs: number }
  | {
      readonly kind: 'pull'
      readonly source: OctetSource
      /** How long one piece may take. Without it the source itself keeps the time. */
      readonly timeoutMs?: number
      /** When nothing has come after so long, there is something else to do. The same pull is demanded again after that. */
      readonly patienceMs?: number
    }
  | {
      readonly kind: 'push'
      readonly octets: Uint8Array
      readonly sink: OctetSink
      /** How long the sink may take for them. */
      readonly timeoutMs: number
    }

/** A conversation that ends with a `Result`. One engine delegates to another with `yield*`. */
export type Dialog<Result> = Generator<Demand, Result, Uint8Array | null | undefined>
