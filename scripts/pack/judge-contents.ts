import type { PackedPackage } from './pack-packages.ts'

/** What must not be published: it is of no use to those who install the package, or breaks them. */
const UNWANTED: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /\.tsbuildinfo$/, reason: "build information belongs to the builder's machine" },
  { pattern: /\.test\.ts$|(?:^|\/)test\//, reason: 'tests stay in the repository' },
  {
    pattern: /platform\.d\.ts$/,
    reason: "it would declare globals a second time in the reader's program",
  },
]

const WANTED: readonly string[] = ['LICENSE', 'package.json']

/** Compares the list of files in a tarball with what the package promises. */
export function judgeContents({ manifest, files }: PackedPackage): string[] {
  const unwanted = files.flatMap((file) => {
    const found = UNWANTED.find(({ pattern }) => pattern.test(file))
    return found === undefined ? [] : [`${manifest.name} ships ${file}: ${found.reason}`]
  })
  const sources = [...Object.values(manifest.exports), ...Object.values(manifest.bin)]
  const compiled = sources.flatMap((source) => {
    const path = source.replace('./src/', 'dist/').replace(/\.ts$/, '')
    return [`${path}.js`, `${path}.d.ts`, source.slice(2)]
  })
  const missing = [...WANTED, ...compiled].filter((file) => !files.includes(file))
  return [...unwanted, ...missing.map((file) => `${manifest.name} does not ship ${file}`)]
}
