import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileContent } from '../../src/smtp.ts'

describe('fileContent', () => {
  it('has the name and the size of the file, and its octets each time it is read', async () => {
    const { fileName, sizeOctets, content } = fileContent(import.meta.filename)

    assert.equal(fileName, 'file-octets.test.ts')
    for (const _ of ['first', 'second']) {
      let octets = 0
      for await (const piece of content()) octets += piece.length
      assert.equal(octets, sizeOctets)
    }
  })

  it('fails as the file system does when there is none', () => {
    const missing = `${import.meta.dirname}/no-such-file.csv`
    assert.throws(() => fileContent(missing), { code: 'ENOENT' })
  })
})
