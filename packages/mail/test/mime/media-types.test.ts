import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mediaTypeOf } from '../../src/mime.ts'

describe('mediaTypeOf', () => {
  it('goes by the end of the name, whatever its case', () => {
    assert.equal(mediaTypeOf('отчёт.за.май.PDF'), 'application/pdf')
    assert.equal(mediaTypeOf('/a.b/c.csv'), 'text/csv')
  })

  it('knows nothing of a name without an end, or with one that says nothing', () => {
    for (const name of ['', 'pdf', '.', 'a.', 'a.constructor', 'folder.pdf/file']) {
      assert.equal(mediaTypeOf(name), undefined, name)
    }
  })
})
