import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { packPackages } from './pack/pack-packages.ts'

/** Makes the tarballs that are published, below build/tarballs. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

for (const { tarball, files } of packPackages(ROOT, console.log)) {
  console.log(`${relative(ROOT, tarball)}: ${files.length} files`)
}
