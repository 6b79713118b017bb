import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { InternetMailMessage } from '../../src/internet-mail.ts'
import { startMailHost, type MailHost } from '../../src/testing.ts'
import { ca, tls } from '../testing/running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const ROOT = new URL('../../../../', import.meta.url)
const ADDRESS = 'exchange@example.org'

/** The examples of a document that work with the platform's mail objects, as they are printed. */
async function listingsOf(
  document: string,
): Promise<readonly [sending: string, receiving: string]> {
  const text = await readFile(new URL(document, ROOT), 'utf8')
  const listings = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, listing = '']) => listing)
  const [sending = '', receiving = ''] = listings.filter((listing) =>
    /InternetMailProfile|ИнтернетПочтовыйПрофиль/.test(listing),
  )
  return [sending, receiving]
}

/** For the mail host in place of the provider: another name, and the port in the place where SSL is said. */
function at(listing: string, host: MailHost): string {
  return listing
    .replaceAll(/'(?:smtp|pop)\.example\.org'/g, "'127.0.0.1'")
    .replace(/^(.*)\.smtpUseSsl = true$/m, `$&\n$1.smtpPort = ${host.smtps?.port}`)
    .replace(/^(.*)\.pop3UseSsl = true$/m, `$&\n$1.pop3Port = ${host.pop3s?.port}`)
    .replace(/^(.*)\.ИспользоватьSSLSMTP = true$/m, `$&\n$1.ПортSMTP = ${host.smtps?.port}`)
    .replace(/^(.*)\.ИспользоватьSSLPOP3 = true$/m, `$&\n$1.ПортPOP3 = ${host.pop3s?.port}`)
}

/** One after the other, in a program of their own and a folder of its own, which trusts the mail host as it would trust any server. */
async function run(folder: string, ...listings: readonly string[]): Promise<string> {
  for (const [at, listing] of listings.entries()) {
    await writeFile(join(folder, `${at}.ts`), `${listing}\nexport {}\n`)
  }
  const program = listings.map((_, at) => `await import('./${at}.ts')`).join('\n')
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: folder, env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') } },
  )
  return stderr
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'obmen-readme-'))
  try {
    await writeFile(join(folder, 'ca.crt'), ca)
    await symlink(fileURLToPath(new URL('node_modules', ROOT)), join(folder, 'node_modules'))
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function exchangeMessage(name: string): Promise<Uint8Array> {
  const message = new InternetMailMessage()
  message.from = ADDRESS
  message.to.add(ADDRESS)
  message.subject = `СООБЩЕНИЕ_ОБМЕНА: ${name}`
  message.attachments.add(new TextEncoder().encode(name), name)
  return message.getSourceData().readData()
}

describe('The listings of the platform', () => {
  for (const document of ['README.md', 'README.ru.md']) {
    it(`in ${document} send a message and take the last one, and nothing else in the mailbox changes`, async () => {
      await inFolder(async (folder) => {
        const accounts = [{ address: ADDRESS, password: 'password' }]
        await using host = await startMailHost({ accounts, tls, requiresLogin: true })
        const mailbox = host.mailbox(ADDRESS)
        const others = [
          'From: a@b.example\r\nSubject: Lunch?\r\n\r\nAt one.\r\n',
          await exchangeMessage('Message_ЦБ_С02_9.xml'),
          'Subject: Re: СООБЩЕНИЕ_ОБМЕНА: Message_ЦБ_С01_7.xml\r\n\r\nWhat is that?\r\n',
          await exchangeMessage('Message_С01_ЦБ_8.xml'),
          'Subject: СООБЩЕНИЕ_ОБМЕНА: Message_ЦБ_С01_99.xml\r\n\r\nIts file was taken away.\r\n',
        ]
        mailbox.put(others[0] ?? '')
        mailbox.put(await exchangeMessage('Message_ЦБ_С01_6.xml'))
        for (const other of others.slice(1)) mailbox.put(other)
        const kept = mailbox.letters().filter((_, at) => at !== 1)
        await writeFile(join(folder, 'Message_ЦБ_С01_7.xml'), 'the seventh')
        const [sending, receiving] = await listingsOf(document)

        const errors = await run(folder, at(sending, host), at(receiving, host))

        assert.equal(errors, '')
        assert.equal(await readFile(join(folder, 'Message.xml'), 'utf8'), 'the seventh')
        assert.deepEqual(
          mailbox.letters().map(({ uid, octets }) => ({ uid, octets })),
          kept.map(({ uid, octets }) => ({ uid, octets })),
        )
      })
    })
  }
})
