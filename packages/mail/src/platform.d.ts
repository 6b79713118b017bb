/**
 * The only platform globals that the engines may use. Everything else (sockets, timers, Buffer, the clock)
 * does not exist for them, so I/O in an engine does not compile.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: string
  decode(octets?: Uint8Array, options?: { stream?: boolean }): string
}
