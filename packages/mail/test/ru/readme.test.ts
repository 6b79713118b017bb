import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Email } from '../../src/index.ts'
import { startMailHost } from '../../src/testing.ts'
import { ca, tls } from '../testing/running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const ROOT = new URL('../../../../', import.meta.url)

/** The first example of a document that sends a letter, as it is printed. */
function firstListing(document: string): string {
  const text = readFileSync(new URL(document, ROOT), 'utf8')
  const listings = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, listing = '']) => listing)
  return listings.find((listing) => listing.includes("'recipient@1c.ru'")) ?? ''
}

describe('The listing that sends a letter', () => {
  for (const [document, text] of [
    ['README.md', 'All is there.'],
    ['README.ru.md', 'Всё на месте.'],
  ] as const) {
    it(`in ${document} runs as it is printed, but for the name of the server`, async () => {
      await using host = await startMailHost({
        accounts: [
          { address: 'sender@1c.ru', password: 'password' },
          { address: 'recipient@1c.ru', password: 'x' },
        ],
        tls,
        requiresLogin: true,
      })
      const listing = firstListing(document)
      const server = "'smtp.example.org', 465"
      assert.ok(listing.includes(server))

      await run(listing.replace(server, `'127.0.0.1', ${host.smtp.port}`))

      const [letter] = host.mailbox('recipient@1c.ru').letters()
      const email = Email.fromBytes(letter?.octets ?? new Uint8Array())
      assert.equal(email.sender?.address, 'sender@1c.ru')
      assert.equal(email.getTextAsString().trimEnd(), text)
    })
  }
})

/** As a program of its own, which trusts the mail host as it would trust any server. */
async function run(listing: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-readme-'))
  try {
    const trusted = join(folder, 'ca.crt')
    writeFileSync(trusted, ca)
    await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', listing],
      {
        cwd: new URL('packages/mail/', ROOT),
        env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted },
      },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
