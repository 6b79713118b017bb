import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Consumer } from './pack/consumer.ts'
import { judgeContents } from './pack/judge-contents.ts'
import { packPackages, type PackedPackage } from './pack/pack-packages.ts'

/**
 * The tests run the sources; users get a tarball. Between the two lie the compiler, the list of files, the paths in
 * `exports`, and the declarations, and a mistake in any of them breaks every user while all tests pass. So the tarballs
 * are installed in an empty folder and used there.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NODE_TYPES = [join(ROOT, 'node_modules', '@types')]

function checkMailAlone(packed: readonly PackedPackage[], folder: string): void {
  const mail = packed.find(({ manifest }) => manifest.name === '@obmen/mail')
  if (mail === undefined) return
  const consumer = new Consumer(folder)
  consumer.install([mail.tarball])
  assert.deepEqual(
    consumer.installedPackages(),
    ['@obmen/mail'],
    '@obmen/mail must bring exactly one package: take its new dependency out',
  )
}

function checkTogether(packed: readonly PackedPackage[], folder: string): void {
  const consumer = new Consumer(folder)
  consumer.install(packed.map(({ tarball }) => tarball))
  const specifiers = packed.flatMap(({ manifest }) =>
    Object.keys(manifest.exports).map((subpath) => `${manifest.name}${subpath.slice(1)}`),
  )
  consumer.importAll(specifiers)
  for (const lib of [
    ['es2024', 'esnext.disposable'],
    ['esnext', 'dom'],
  ]) {
    consumer.typeCheck(specifiers, { lib, typeRoots: NODE_TYPES })
  }
  for (const { manifest } of packed) {
    assert.deepEqual(consumer.danglingMaps(manifest.name), [])
    for (const program of Object.keys(manifest.bin)) {
      assert.notEqual(consumer.runInstalled(program, ['--help']).trim(), '')
    }
  }
  console.log(`installed, imported and type-checked: ${specifiers.join(' ')}`)
}

function checkPack(): void {
  const packed = packPackages(ROOT, console.log)
  assert.deepEqual(packed.flatMap(judgeContents), [])
  const workshop = mkdtempSync(join(tmpdir(), 'obmen-pack-'))
  try {
    checkMailAlone(packed, join(workshop, 'mail'))
    if (packed.length > 0) checkTogether(packed, join(workshop, 'all'))
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

try {
  checkPack()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
