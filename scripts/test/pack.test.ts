import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { judgeContents } from '../pack/judge-contents.ts'
import { publishedManifest, type Manifest } from '../pack/manifest.ts'

const MANIFEST: Manifest = {
  name: '@obmen/mail',
  version: '1.2.3',
  exports: { './smtp': './src/smtp.ts' },
  bin: {},
  dependencies: {},
  rest: { license: 'MIT' },
}

const COMPLETE = [
  'LICENSE',
  'package.json',
  'dist/smtp.js',
  'dist/smtp.d.ts',
  'src/smtp.ts',
] as const

function judged(files: readonly string[]): string[] {
  return judgeContents({ manifest: MANIFEST, tarball: '', files })
}

describe('published manifest', () => {
  it('names compiled files where the repository names sources', () => {
    const { exports } = publishedManifest(MANIFEST) as { exports: unknown }

    assert.deepEqual(exports, {
      './smtp': { types: './dist/smtp.d.ts', default: './dist/smtp.js' },
      './package.json': './package.json',
    })
  })

  it('names the compiled program', () => {
    const program = { ...MANIFEST, bin: { obmen: './src/bin.ts' } }

    assert.deepEqual(Reflect.get(publishedManifest(program), 'bin'), { obmen: './dist/bin.js' })
  })

  it('keeps everything else', () => {
    assert.equal(Reflect.get(publishedManifest(MANIFEST), 'license'), 'MIT')
    assert.equal(Reflect.get(publishedManifest(MANIFEST), 'version'), '1.2.3')
  })
})

describe('contents of a tarball', () => {
  it('are right with the compiled files, the sources and the licence', () => {
    assert.deepEqual(judged(COMPLETE), [])
  })

  it('must have what `exports` promises', () => {
    assert.deepEqual(judged(COMPLETE.filter((file) => file !== 'dist/smtp.d.ts')), [
      '@obmen/mail does not ship dist/smtp.d.ts',
    ])
  })

  for (const file of ['src/a.test.ts', 'test/a.js', 'dist/a.tsbuildinfo', 'src/platform.d.ts']) {
    it(`must not have ${file}`, () => {
      assert.equal(judged([...COMPLETE, file]).length, 1)
    })
  }
})
