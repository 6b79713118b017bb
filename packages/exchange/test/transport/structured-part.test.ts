import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { BodyPart } from '@obmen/mail/imap'

import { findPart } from '../../src/transport/structured-part.ts'

const FILE = 'Message_CB_S01_7.zst'

function isWanted(fileName: string): boolean {
  return fileName === FILE
}

/** A part as servers tell of it. */
function part(section: string, facts: Partial<BodyPart> = {}): BodyPart {
  return {
    section,
    contentType: 'application/zstd',
    parameters: new Map(),
    contentId: undefined,
    description: undefined,
    transferEncoding: 'base64',
    sizeOctets: 1,
    disposition: undefined,
    parts: [],
    envelope: undefined,
    ...facts,
  }
}

function attached(section: string, facts: Partial<BodyPart> = {}): BodyPart {
  const parameters = new Map([['filename', FILE]])
  return part(section, { disposition: { kind: 'attachment', parameters }, ...facts })
}

function multipart(parts: readonly BodyPart[], section: string = 'TEXT'): BodyPart {
  return part(section, { contentType: 'multipart/mixed', transferEncoding: undefined, parts })
}

/** What the content of the part is, of these octets. */
function decoded(body: BodyPart, octets: string): string | undefined {
  const found = findPart(body, isWanted)
  if (found === undefined) return undefined
  const { decoder } = found
  return Buffer.concat([decoder.push(Buffer.from(octets)), decoder.end()]).toString()
}

describe('the attachment in a structure', () => {
  it('is decoded from whatever encoding the structure names', () => {
    const text = 'a=b\r\n'
    for (const [transferEncoding, octets] of [
      ['base64', Buffer.from(text).toString('base64')],
      ['quoted-printable', 'a=3Db\r\n'],
      ['7bit', text],
      ['8bit', text],
      ['binary', text],
      [undefined, text],
    ] as const) {
      assert.equal(decoded(attached('2', { transferEncoding }), octets), text, transferEncoding)
    }
  })

  it('is not found where nobody knows its encoding, so that the letter is read', () => {
    assert.equal(findPart(attached('2', { transferEncoding: 'x-uuencode' }), isWanted), undefined)
  })

  it('is the first of that name, however deep', () => {
    const body = multipart([
      multipart([part('1.1', { contentType: 'text/plain' }), attached('1.2')], '1'),
      attached('2'),
    ])

    assert.equal(findPart(body, isWanted)?.section, '1.2')
  })

  it('is none of a letter within the letter', () => {
    const inner = part('1', { contentType: 'message/rfc822', parts: [attached('1.1')] })

    assert.equal(findPart(multipart([inner, attached('2')]), isWanted)?.section, '2')
    assert.equal(findPart(multipart([inner]), isWanted), undefined)
  })

  it('is known by a name in the content type too, and by one that RFC 2231 has cut', () => {
    const named = part('1', { parameters: new Map([['name', FILE]]) })
    const cut = new Map([
      ['filename*0', FILE.slice(0, 9)],
      ['filename*1', FILE.slice(9)],
    ])
    const pieces = part('2', { disposition: { kind: 'attachment', parameters: cut } })

    assert.equal(findPart(multipart([named]), isWanted)?.section, '1')
    assert.equal(findPart(multipart([pieces]), isWanted)?.section, '2')
  })

  it('is found among hundreds of thousands of parts', () => {
    const parts = Array.from<BodyPart>({ length: 150_000 }).fill(part('1'))
    parts.push(attached('150001'))

    assert.equal(findPart(multipart(parts), isWanted)?.section, '150001')
  })
})
