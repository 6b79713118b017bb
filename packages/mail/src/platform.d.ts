/**
 * The only platform globals that the engines may use. Everything else (sockets, timers, Buffer, the clock)
 * does not exist for them, so I/O in an engine does not compile.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, octets: Uint8Array): { readonly read: number; readonly written: number }
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: string
  decode(octets?: Uint8Array, options?: { stream?: boolean }): string
}

/** The parser of the WHATWG URL Standard: a function of its text alone. For the ASCII form of domains. */
declare class URL {
  static parse(url: string): URL | null
  readonly hostname: string
}

/** Functions of numbers and of memory of their own. Of modules that import nothing, because none is given anything. */
declare namespace WebAssembly {
  class Module {
    constructor(octets: Uint8Array<ArrayBuffer>)
  }
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, Memory | NumberFunction | undefined>>
  }
  type NumberFunction = (...numbers: readonly number[]) => unknown
  class Memory {
    readonly buffer: ArrayBuffer
  }
}
