import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import PostalMime from 'postal-mime'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
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

  it('may use an array again for the next piece, when nobody keeps the one before', async () => {
    const path = import.meta.filename
    const { content } = fileContent(path)
    const pieces: Buffer[] = []
    for await (const piece of content({ keepsPieces: false })) pieces.push(Buffer.from(piece))
    const kept: Uint8Array[] = []
    for await (const piece of content({ keepsPieces: true })) kept.push(piece)

    assert.deepEqual(Buffer.concat(pieces), readFileSync(path))
    assert.deepEqual(Buffer.concat(kept), readFileSync(path))
  })

  it('is encoded whole by a letter, whatever its size', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'obmen-'))
    const path = join(folder.path, 'large.bin')
    const octets = randomBytes(1_000_003)
    await writeFile(path, octets)
    const letter = composeMessage({
      from: MailboxAddress.parse('office@example.org'),
      date: new Date(0),
      messageId: '<1@example.org>',
      boundary: 'abcdefghijklmnop',
      attachments: [{ contentType: 'application/octet-stream', ...fileContent(path) }],
    })
    const { attachments } = await PostalMime.parse(await buffer(letter))

    const [attachment] = attachments
    assert.ok(attachment?.content instanceof ArrayBuffer)
    assert.deepEqual(Buffer.from(attachment.content), octets)
  })

  it('closes the file that is not read to its end', async () => {
    const { content } = fileContent(import.meta.filename)
    for await (const piece of content({ keepsPieces: false })) {
      assert.ok(piece.length > 0)
      break
    }
    assert.deepEqual(
      process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq')),
      [],
    )
  })

  it('fails as the file system does when there is none', () => {
    const missing = `${import.meta.dirname}/no-such-file.csv`
    assert.throws(() => fileContent(missing), { code: 'ENOENT' })
  })
})
