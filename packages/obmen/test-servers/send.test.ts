/** `obmen send` with real mail servers: what arrives, and what it ends with. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { correspondenceOf, retrieveAll } from '../../mail/test-servers/arrivals.ts'
import {
  type LabPort,
  onePerSecurity,
  passwordPorts,
  readLaboratory,
} from '../../mail/test-servers/laboratory.ts'
import { awaitLetters, deleteLetters } from '../../mail/test-servers/maildrops.ts'
import { type Outcome, TestSite } from '../test/test-site.ts'
import { takeCensus } from '../../mail/test/census.ts'

takeCensus()

const laboratory = readLaboratory()
const { to, maildropServer } = correspondenceOf(laboratory)
const [sender] = laboratory.users
const TIMEOUT_MS = 60_000

const FILE = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)

describe('obmen send', { timeout: TIMEOUT_MS }, () => {
  for (const port of onePerSecurity(passwordPorts(laboratory, 'smtp'))) {
    if (port.tls === 'none') continue
    it(`compares the certificate of ${port.id} with the name that --servername gives`, async () => {
      using site = newSite()
      const namedAs = (name: string): Promise<Outcome> =>
        send(site, port, '--to', to, '--text', 'x', '--servername', name, '--json')

      const { exitCode, err } = await namedAs('another.invalid')
      const { out, ...right } = await namedAs(laboratory.name)

      assert.equal(exitCode, 69)
      assert.match(err, /TLS_FAILED|another name/)
      assert.equal(right.exitCode, 0, out)
      const messageId = String(Reflect.get(Object(JSON.parse(out)), 'messageId'))
      await deleteLetters(await awaitLetters(maildropServer, [{ messageId }]))
    })
  }

  for (const port of onePerSecurity(passwordPorts(laboratory, 'smtp'))) {
    it(`brings text and files to everybody by ${port.id}, and ends with 0`, async () => {
      using site = newSite()
      site.write('остатки.bin', FILE)
      site.write('letter.html', '<p>Доброе утро!')
      site.input = 'Доброе утро!\n.\n'

      const { exitCode, out } = await send(
        site,
        port,
        '--to',
        `Склад <${to}>`,
        '--text',
        '-',
        '--html',
        'letter.html',
        '--attach',
        'остатки.bin',
        '--attach',
        'letter.html',
        '--json',
      )

      assert.equal(exitCode, 0, out)
      const messageId = String(Reflect.get(Object(JSON.parse(out)), 'messageId'))
      const found = await awaitLetters(maildropServer, [{ messageId }])
      const [letter = Buffer.of()] = await retrieveAll(found)
      await deleteLetters(found)
      const lines = letter.toString('latin1').split('\r\n')
      assert.ok(lines.includes(`From: ${sender?.address}`))
      const base64 =
        Buffer.from(FILE)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      const at = lines.indexOf(base64[0] ?? '')
      assert.deepEqual(lines.slice(at, at + base64.length), base64)
    })

    it(`ends with 69 when ${port.id} refuses somebody, and with 75 when it defers`, async () => {
      using site = newSite()
      const text = ['--text', 'Проверка'] as const

      const refused = await send(site, port, '--to', 'unknown@lab.test', ...text)
      const full = await send(site, port, '--to', 'full@lab.test', ...text)
      const deferred = await send(site, port, '--to', 'deferred@lab.test', ...text)

      assert.deepEqual([refused.exitCode, full.exitCode, deferred.exitCode], [69, 69, 75])
      assert.match(refused.out, /unknown@lab\.test +rejected +550 /)
      assert.match(full.out, /full@lab\.test +rejected +552 /)
      assert.match(deferred.out, /deferred@lab\.test +deferred +450 /)
    })

    it(`ends with 77 when ${port.id} does not know the password`, async () => {
      using site = newSite()
      site.env['OBMEN_MAIL_PASSWORD'] = 'wrong'

      const { exitCode, out, err } = await send(site, port, '--to', to, '--text', 'x')

      assert.equal(exitCode, 77)
      assert.doesNotMatch(`${out}${err}`, /wrong/)
    })
  }

  for (const port of laboratory.ports.filter(({ id }) => id === 'postfix-selfsigned')) {
    it(`sends nothing by ${port.id}, whose certificate is its own`, async () => {
      using site = newSite()
      const withoutLogin = ['--server', `smtps://${port.host}:${port.port}`] as const
      const from = ['--from', sender?.address ?? ''] as const

      const { exitCode, err } = await send(
        site,
        port,
        ...withoutLogin,
        ...from,
        '--to',
        to,
        '--text',
        'x',
      )

      assert.equal(exitCode, 69)
      assert.match(err, /signed by itself|self-signed/)
    })
  }
})

function newSite(): TestSite {
  const site = new TestSite('')
  site.env['OBMEN_MAIL_PASSWORD'] = sender?.password ?? ''
  return site
}

function send(site: TestSite, port: LabPort, ...argv: readonly string[]): Promise<Outcome> {
  const user = encodeURIComponent(sender?.login ?? '')
  const scheme = port.tls === 'implicit' ? 'smtps' : 'smtp'
  const options = port.tls === 'none' ? '?tls=none' : ''
  const url = `${scheme}://${user}@${port.host}:${port.port}${options}`
  return site.run('send', '--server', url, '--ca', laboratory.ca, '--subject', 'Проверка', ...argv)
}
