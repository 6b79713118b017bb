/** Lets the engine, and nothing else, work on simulated disks: its own sources stay as they are shipped. Import it before the engine. */
import { registerHooks } from 'node:module'

const ENGINE = new URL('../../src/', import.meta.url).href

const SIMULATED: ReadonlyMap<string, string> = new Map([
  ['node:fs', new URL('../disk/fs.ts', import.meta.url).href],
  ['node:fs/promises', new URL('../disk/fs-promises.ts', import.meta.url).href],
  ['node:zlib', new URL('../disk/zlib.ts', import.meta.url).href],
])

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = context.parentURL?.startsWith(ENGINE) ? SIMULATED.get(specifier) : undefined
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
  },
})
