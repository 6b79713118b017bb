import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import openWabt from 'wabt'

/**
 * Makes modules of WebAssembly from their text, and writes them into TypeScript: so that packages consist of nothing else, and what is run can be
 * read. With `--check` it writes nothing, and fails when they are not what their text says.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

const MODULES = [
  {
    text: 'packages/mail/src/mime/encode-lines.wat',
    code: 'packages/mail/src/mime/encode-lines-wasm.ts',
    constant: 'ENCODE_LINES_WASM',
  },
]

const wabt = await openWabt()
for (const { text, code, constant } of MODULES) {
  const parsed = wabt.parseWat(text, await readFile(`${ROOT}${text}`, 'utf8'), { simd: true })
  parsed.validate()
  const octets = Buffer.from(parsed.toBinary({}).buffer)
  parsed.destroy()
  const written = `/** Made of \`${relative('packages/mail/src/mime', text)}\` by \`npm run assemble\`: a module of WebAssembly, in base64. */
export const ${constant} =
  '${octets.toString('base64')}'
`
  if (!process.argv.includes('--check')) {
    await writeFile(`${ROOT}${code}`, written)
  } else if ((await readFile(`${ROOT}${code}`, 'utf8')) !== written) {
    console.error(`${code}: is not what ${text} says; run npm run assemble`)
    process.exitCode = 1
  }
}
