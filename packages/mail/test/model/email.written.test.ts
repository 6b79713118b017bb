import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Email } from '../../src/index.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'

const SENDER = 'shop@example.org'

function letter(): Email {
  return new Email(SENDER, 'office@example.org', 'Тема')
}

async function textual(email: Email): Promise<string> {
  return textOf(await email.toBytes())
}

describe('A letter that is written', () => {
  it('has an identifier that none had before, and a date with its offset (C10)', async () => {
    const letters = await Promise.all([textual(letter()), textual(letter())])

    const identifiers = letters.map(
      (text) => /^Message-ID: (<.+@example\.org>)\r$/m.exec(text)?.[1],
    )
    assert.equal(new Set(identifiers).size, 2)
    assert.ok(!identifiers.includes(undefined))
    for (const text of letters) assert.match(text, /^Date: .+ \d{4} \d\d:\d\d:\d\d [+-]\d{4}\r$/m)
  })

  it('opens nothing that a text in it names (C13)', async () => {
    const { href } = pathToFileURL(import.meta.filename)
    for (const name of [import.meta.filename, href, 'https://example.org/x', 'data:,x']) {
      const email = new Email(SENDER, 'office@example.org', name)
      email.addHeader('X-Path', name).addText(name).attachData(name, name)

      const { attachments, subject } = Email.fromBytes(await email.toBytes())

      assert.deepEqual([subject, textOf(attachments[0]?.data ?? octetsOf(''))], [name, name])
    }
  })
})
