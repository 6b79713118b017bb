import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, it } from 'node:test'

import type { CommandFate, Fate, MailHost } from '@obmen/mail/testing'
import { startMailHost } from '@obmen/mail/testing'

import { FileChanged, Interrupted } from '../../src/errors/site-error.ts'
import { INIT, TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

const OFFICE = 'office@example.org'
const SHOP = 'shop@example.org'
const PASSWORD = 'tanstaaf-and-more'
const TEXTS = ['--subject', 'Проверка', '--text', 'Дошло?'] as const

/** A mail host with two mailboxes, and a folder in which letters to it are written. */
class TestOffice implements AsyncDisposable {
  readonly site = new TestSite('')
  fate: Fate = { kind: 'deliver' }
  onCommand: (line: string) => CommandFate = () => 'proceed'
  #host: MailHost | undefined

  static async start(): Promise<TestOffice> {
    const office = new TestOffice()
    office.site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    office.#host = await startMailHost({
      accounts: [OFFICE, SHOP].map((address) => ({ address, password: PASSWORD })),
      requiresLogin: true,
      onLetter: () => office.fate,
      onCommand: (_protocol, line) => office.onCommand(line),
    })
    return office
  }

  get host(): MailHost {
    return this.#host ?? assert.fail('not started')
  }

  get server(): readonly string[] {
    const user = encodeURIComponent(OFFICE)
    return ['--server', `smtp://${user}@127.0.0.1:${this.host.smtp.port}?tls=none`]
  }

  /** Sends to the shop, and to whoever else is named. */
  run(...argv: readonly string[]): ReturnType<TestSite['run']> {
    return this.site.run('send', ...this.server, '--to', SHOP, ...TEXTS, ...argv)
  }

  async ask(...argv: readonly string[]): Promise<{
    readonly exitCode: number
    readonly err: string
    readonly report: unknown
  }> {
    const { exitCode, out, err } = await this.run(...argv, '--json')
    const report: unknown = JSON.parse(out)
    return { exitCode, err, report }
  }

  letters(address: string): readonly string[] {
    const stored = this.host.mailbox(address).letters()
    return stored.map(({ octets }) => new TextDecoder().decode(octets))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close()
    this.site[Symbol.dispose]()
  }
}

function recipientsOf(report: unknown): unknown {
  return Reflect.get(Object(report), 'recipients')
}

describe('send', () => {
  it('needs no configuration when it is told the server', async () => {
    await using office = await TestOffice.start()

    const { exitCode, out, err } = await office.run()

    assert.deepEqual([exitCode, err], [0, ''])
    assert.match(
      out,
      /^server +127\.0\.0\.1:\d+\nfrom +office@example\.org\nMessage-ID +<.+>\nsize +\d+ B\n\n/,
    )
    assert.match(
      out,
      /\nrecipient +result +what the server says\nshop@example\.org +accepted +250 .+\n$/,
    )
    const [letter = ''] = office.letters(SHOP)
    assert.match(letter, /^Return-Path: <office@example\.org>\r\n/)
    assert.match(letter, /^From: office@example\.org\r$/m)
    assert.match(letter, /^Date: Tue, 1 Sep 2026 12:00:00 \+0000\r$/m)
    assert.match(letter, new RegExp(Buffer.from('Дошло?').toString('base64').slice(0, 10)))
  })

  it('goes through the server of the configuration, from its address', async () => {
    await using office = await TestOffice.start()
    const { site, host } = office
    site.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    const user = encodeURIComponent(OFFICE)
    const url = `smtp://${user}@127.0.0.1:${host.smtp.port}?tls=none`
    const init = INIT.map((word) => (word.startsWith('smtps:') ? url : word))
    assert.equal((await site.run(...init)).exitCode, 0)

    const { exitCode } = await site.run('send', '--to', SHOP, ...TEXTS)

    assert.equal(exitCode, 0)
    assert.match(office.letters(SHOP)[0] ?? '', /^From: exchange@example\.org\r$/m)
  })

  it('shows To and Cc to everybody, and Bcc to nobody', async () => {
    await using office = await TestOffice.start()

    const { exitCode } = await office.site.run(
      'send',
      ...office.server,
      '--to',
      'Магазин <nobody@example.org>, shop@example.org',
      '--cc',
      SHOP,
      '--bcc',
      OFFICE,
      ...TEXTS,
    )

    assert.equal(exitCode, 69)
    const letters = [office.letters(SHOP), office.letters(OFFICE)]
    assert.deepEqual(
      letters.map((list) => list.length),
      [1, 1],
    )
    for (const [letter = ''] of letters) {
      assert.match(letter, /^Cc: shop@example\.org\r$/m)
      assert.doesNotMatch(letter, /^bcc:|To: office/im)
    }
  })

  it('reads the text from standard input, and files from the disk', async () => {
    await using office = await TestOffice.start()
    office.site.input = 'from the pipe\n'
    office.site.write('stock.csv', 'tea;17\n')
    office.site.write('letter.html', '<p>from the page</p>')

    const files = ['--html', 'letter.html', '--attach', 'stock.csv']
    const { exitCode } = await office.run('--text', '-', ...files)

    assert.equal(exitCode, 0)
    const [letter = ''] = office.letters(SHOP)
    assert.match(letter, /text\/plain[^]+from the pipe/)
    assert.match(letter, /text\/html[^]+<p>from the page<\/p>/)
    assert.match(letter, /Content-Type: text\/csv; name=stock\.csv\r\n/)
    assert.match(letter, /filename="?stock\.csv/)
    assert.ok(letter.includes(Buffer.from('tea;17\n').toString('base64')))
  })

  it('tells as JSON what the server said of each recipient', async () => {
    await using office = await TestOffice.start()
    office.onCommand = (line) => {
      return line.startsWith(`RCPT TO:<${OFFICE}>`) ? { reply: '451 4.7.1 not now' } : 'proceed'
    }

    const { exitCode, report, err } = await office.ask('--to', OFFICE, '--to', 'x@example.org')

    assert.equal(exitCode, 69)
    assert.match(err, /^Deferred: .+\nRejected: .+\n$/)
    const [accepted, ...others] = Array.from(recipientsOf(report) as Iterable<unknown>)
    assert.equal(Reflect.get(Object(accepted), 'outcome'), 'accepted')
    assert.deepEqual(others, [
      {
        address: OFFICE,
        outcome: 'deferred',
        replyCode: 451,
        enhancedStatus: '4.7.1',
        words: '451 4.7.1 not now',
        error: null,
      },
      {
        address: 'x@example.org',
        outcome: 'rejected',
        replyCode: 550,
        enhancedStatus: '5.1.1',
        words: Reflect.get(Object(others[1]), 'words'),
        error: null,
      },
    ])
  })

  it('sends to those in another transaction for whom the server has no room in one', async () => {
    await using office = await TestOffice.start()
    const named: string[] = []
    office.onCommand = (line) => {
      if (line.startsWith('MAIL')) named.push('MAIL')
      if (line.startsWith('RCPT')) named.push(line.slice('RCPT TO:<'.length, -1))
      const isSecond = line.startsWith('RCPT') && named.at(-2) !== 'MAIL'
      return isSecond ? { reply: '452 4.5.3 too many recipients' } : 'proceed'
    }

    const { exitCode, report, err } = await office.ask('--cc', OFFICE)

    assert.deepEqual([exitCode, err], [0, ''])
    assert.deepEqual(named, ['MAIL', SHOP, OFFICE, 'MAIL', OFFICE])
    const recipients = Array.from(recipientsOf(report) as Iterable<unknown>)
    assert.deepEqual(
      recipients.map((recipient): unknown => Reflect.get(Object(recipient), 'outcome')),
      ['accepted', 'accepted'],
    )
    assert.deepEqual(
      [SHOP, OFFICE].map((address) => office.letters(address).length),
      [1, 1],
    )
  })

  it('ends with 75 when the letter is deferred', async () => {
    await using office = await TestOffice.start()
    office.fate = { kind: 'refuse', code: 452, text: '4.2.2 mailbox full' }

    const { exitCode, out, err } = await office.run()

    assert.equal(exitCode, 75)
    assert.match(out, /deferred +452 4\.2\.2 mailbox full\n$/)
    assert.match(err, /^Deferred: not now\. /)
  })

  it('says that an outcome is unknown when the connection broke after the letter', async () => {
    await using office = await TestOffice.start()
    office.fate = { kind: 'disconnect', isStored: true }

    const { exitCode, report, err } = await office.ask()

    assert.equal(exitCode, 75)
    assert.match(err, /^Unknown: the connection broke/)
    const [recipient] = Array.from(recipientsOf(report) as Iterable<unknown>)
    assert.equal(Reflect.get(Object(recipient), 'outcome'), 'unknown')
    assert.equal(Reflect.get(Object(recipient), 'error'), 'CONNECTION_LOST')
  })

  it('shows the conversation with --log, without the password', async () => {
    await using office = await TestOffice.start()

    const { err } = await office.run('--log')

    assert.match(err, /^S: 220 /)
    assert.match(err, /^C: MAIL FROM:<office@example\.org>/m)
    assert.match(err, /\*{8}/)
    const encoded = [PASSWORD, `\0${OFFICE}\0${PASSWORD}`].map((text) =>
      Buffer.from(text).toString('base64'),
    )
    for (const secret of [PASSWORD, ...encoded]) assert.ok(!err.includes(secret))
  })

  it('takes the password from a file that is named', async () => {
    await using office = await TestOffice.start()
    delete office.site.env['OBMEN_MAIL_PASSWORD']
    office.site.write('secret', `${PASSWORD}\n`)

    assert.equal((await office.run()).exitCode, 78)
    assert.equal((await office.run('--password-file', 'secret')).exitCode, 0)
  })

  it('on a terminal shows how much is out', async () => {
    await using office = await TestOffice.start()
    office.site.isTerminal = true
    office.site.write('large.bin', new Uint8Array(300_000))

    const { err } = await office.run('--attach', 'large.bin')

    assert.match(err, /connecting to 127\.0\.0\.1/)
    assert.match(err, /sending: [\d.]+ KB of 401(?:\.\d)? KB/)
    assert.ok(err.endsWith('\r\u001B[K'))
  })

  it('is stopped by Ctrl-C, and nobody has the letter', async () => {
    await using office = await TestOffice.start()
    office.onCommand = (line) => {
      if (line.startsWith('EHLO')) office.site.interruption.abort(new Interrupted('SIGINT'))
      return 'proceed'
    }
    // With CHUNKING a small letter is out together with its envelope.
    office.site.write('large.bin', new Uint8Array(8_000_000))

    const { exitCode, err } = await office.run('--attach', 'large.bin')

    assert.equal(exitCode, 130)
    assert.equal(
      err,
      'stopping; once more ends the program at once\nerror: stopped before the end\ntry: nothing was done: run the same command again when you want it done\n',
    )
    assert.deepEqual(office.letters(SHOP), [])
  })

  it('says that a server says nothing, and is stopped by Ctrl-C while it does', async (t) => {
    using site = new TestSite('')
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const silent = createServer(() => {
      t.mock.timers.tick(10_000)
      site.interruption.abort(new Interrupted('SIGTERM'))
    })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo

    const { exitCode, err } = await site.run(
      'send',
      '--server',
      `smtp://127.0.0.1:${port}?tls=none`,
      '--from',
      OFFICE,
      '--to',
      SHOP,
      ...TEXTS,
    )
    silent.close()

    assert.equal(exitCode, 75)
    assert.match(err, new RegExp(`^127\\.0\\.0\\.1:${port} has said nothing yet; .+ smtps://\\n`))
  })

  it('attaches no pipe, and says so before it asks the server for anything', async () => {
    await using office = await TestOffice.start()
    execFileSync('mkfifo', [office.site.pathOf('dump')])
    const commands: string[] = []
    office.onCommand = (line) => {
      commands.push(line)
      return 'proceed'
    }

    const { exitCode, err } = await office.run('--attach', 'dump')

    assert.equal(exitCode, 66)
    assert.match(err, /^error: .+dump can't be used: it is a pipe \(ESPIPE\)\ntry: write /)
    assert.deepEqual(commands, [])
  })

  it('sends no file that is changed meanwhile', async () => {
    await using office = await TestOffice.start()
    office.site.write('growing.log', 'one\n')
    office.onCommand = (line) => {
      if (line.startsWith('EHLO')) appendFileSync(office.site.pathOf('growing.log'), 'two\n')
      return 'proceed'
    }

    const { exitCode, err } = await office.run('--attach', 'growing.log')

    assert.equal(exitCode, 75)
    const { message, hint } = new FileChanged(office.site.pathOf('growing.log'))
    assert.equal(err, `error: ${message}\ntry: ${hint}\n`)
    assert.deepEqual(office.letters(SHOP), [])
  })
})
