import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  EmailDeletionException,
  EmailSendingException,
  IllegalArgumentException,
  IllegalStateException,
  MailboxException,
} from '../../src/index.ts'
import {
  InternetMail,
  InternetMailMessage,
  InternetMailProfile,
  InternetMailProtocol,
  InternetMailTextProcessing,
} from '../../src/internet-mail.ts'
import { ADDRESS, newMessage, profileFor, startWorld } from './internet-mail-world.ts'
import { serve } from '../net/loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('InternetMail by POP3', () => {
  it('gets all letters and leaves them where they are unless it is told to delete them', async () => {
    await using world = await startWorld()
    const { mail } = world
    world.put('first')
    world.put('second')

    await mail.logon(world.profile)
    const kept = await mail.get()
    const deleted = await mail.get(true)
    await mail.logoff()

    assert.deepEqual(
      kept.map(({ subject }) => subject),
      ['first', 'second'],
    )
    assert.equal(kept[0]?.texts[0]?.text.trimEnd(), 'first')
    assert.equal(deleted.length, 2)
    assert.deepEqual(world.subjects(), [])
  })

  it('gives the others, and names those, when the server refuses some', async () => {
    let isRefused = true
    await using world = await startWorld({
      onCommand: (_, line) =>
        isRefused && /^(RETR|TOP) 2/.test(line) ? { reply: '-ERR [SYS/TEMP] busy' } : 'proceed',
    })
    const { mail } = world
    for (const subject of ['first', 'second', 'third']) world.put(subject)
    await mail.logon(world.profile)
    const ids = await mail.getUidl()
    const subjects = (messages: readonly InternetMailMessage[]): readonly string[] =>
      messages.map(({ subject }) => subject)

    assert.deepEqual(subjects(await mail.get()), ['first', 'third'])
    const [[id, refusal] = []] = mail.refusedMessages
    assert.equal(id, ids[1])
    assert.match(refusal?.message ?? '', /reading letter 1 failed: RETR 2 was rejected/)
    assert.equal(refusal?.transient, true)
    assert.deepEqual(subjects(await mail.getHeaders({ subject: 'r' })), ['first', 'third'])
    assert.deepEqual([...mail.refusedMessages.keys()], [ids[1]])
    await assert.rejects(mail.get(false, [ids[1] ?? '']), MailboxException)
    // What did not come is not deleted.
    assert.deepEqual(subjects(await mail.get(true)), ['first', 'third'])
    isRefused = false
    assert.deepEqual(subjects(await mail.get()), ['second'])
    assert.equal(mail.refusedMessages.size, 0)
    await mail.logoff()
    assert.deepEqual(world.subjects(), ['second'])
  })

  it('knows letters by identifiers that hold in the next connection too', async () => {
    await using world = await startWorld()
    const { mail } = world
    world.put('first')
    world.put('second')

    await mail.logon(world.profile)
    const known = await mail.getUidl()
    await mail.logoff()
    world.put('third')
    await mail.logon(world.profile)
    const unknown = await mail.getUidl(known)
    const [third, first] = await mail.get(false, [unknown[0] ?? '', known[0] ?? '', 'gone'])

    assert.equal(known.length, 2)
    assert.equal(unknown.length, 1)
    assert.deepEqual([third?.subject, first?.subject], ['third', 'first'])
    assert.deepEqual(third?.uid, unknown)
    assert.equal(await mail.getMessageCount(), 3)
    assert.deepEqual(await mail.get(true, []), [])
    assert.equal(world.subjects().length, 3)
  })

  it('reads headers without the letters, and deletes what was chosen by them', async () => {
    await using world = await startWorld()
    const { mail } = world
    world.put('Report 1', 'x'.repeat(70))
    world.put('Greetings')
    world.put('report 2')

    await mail.logon(world.profile)
    const reports = await mail.getHeaders({ subject: 'REPORT' })
    const letters = await mail.get(false, reports)
    await mail.deleteMessages(reports)
    const count = await mail.getMessageCount()
    await mail.logoff()

    assert.deepEqual(
      reports.map(({ subject, texts }) => [subject, texts.count()]),
      [
        ['Report 1', 0],
        ['report 2', 0],
      ],
    )
    assert.ok((reports[0]?.size ?? 0) > 100)
    assert.throws(() => reports[0]?.getSourceData(), IllegalStateException)
    assert.match(reports[0]?.header ?? '', /^From: a@b\.example\r\nTo: .*\r\nSubject: Report 1$/s)
    assert.equal(letters[1]?.texts.get(0).text.trimEnd(), 'report 2')
    assert.equal(count, 1)
    assert.deepEqual(world.subjects(), ['Greetings'])
    const read = world.host
      .mailbox(ADDRESS)
      .letters()
      .map(({ isRead }) => isRead)
    assert.deepEqual(read, [false])
  })

  it('deletes a letter once that is named in two ways', async () => {
    await using world = await startWorld()
    const { mail } = world
    world.put('first')
    world.put('second')

    await mail.logon(world.profile)
    const [first] = await mail.get()
    await mail.deleteMessages([first ?? '', ...(first?.uid ?? [])])
    await mail.logoff()

    assert.deepEqual(world.subjects(), ['second'])
  })

  it('filters by what header sections say, and by nothing else', async () => {
    await using world = await startWorld()
    const { mail, host } = world
    const put = (date: string, from: string): void => {
      host.mailbox(ADDRESS).put(`From: ${from}\r\nDate: ${date}\r\nSubject: ${date}\r\n\r\n\r\n`)
    }
    put('Mon, 2 Nov 2026 23:30:00 +0500', 'Склад <Shop@Example.org>')
    put('Tue, 3 Nov 2026 00:30:00 +0500', '=?utf-8?B?0KHQutC70LDQtA==?= <x@example.com>')
    host.mailbox(ADDRESS).put('Subject: none\r\n\r\n\r\n')
    const second = new Date('2026-11-02')
    const third = new Date('2026-11-03')

    await mail.logon(world.profile)
    const days = async (filter: Parameters<InternetMail['getHeaders']>[0]): Promise<string[]> =>
      (await mail.getHeaders(filter)).map(({ subject }) => subject.slice(0, 6))

    assert.deepEqual(await days({ postDating: second }), ['Mon, 2'])
    assert.deepEqual(await days({ beforeDateOfPosting: third }), ['Mon, 2'])
    assert.deepEqual(await days({ afterDateOfPosting: third }), ['Tue, 3'])
    assert.deepEqual(await days({ from: 'shop@example' }), ['Mon, 2'])
    assert.deepEqual(await days({ from: 'склад' }), ['Mon, 2', 'Tue, 3'])
    assert.deepEqual(await days({ from: 'склад', postDating: third }), ['Tue, 3'])
    assert.equal((await mail.getUidl([], { subject: 'none' })).length, 1)
    await assert.rejects(mail.getHeaders({ body: 'x' }), IllegalArgumentException)
    await assert.rejects(mail.getUidl([], { seen: false }), IllegalArgumentException)
    const slip = Object.fromEntries([['Subjekt', 'x']])
    await assert.rejects(mail.getHeaders(slip), IllegalArgumentException)
  })

  it('connects again for what is asked for after a connection that was lost', async () => {
    let isLost = false
    await using world = await startWorld({
      onCommand: (_protocol, line) => {
        const fate = line.startsWith('RETR 2') && !isLost ? 'disconnect' : 'proceed'
        isLost ||= fate === 'disconnect'
        return fate
      },
    })
    const { mail } = world
    world.put('first')
    world.put('second')

    await mail.logon(world.profile)
    const headers = await mail.getHeaders()
    await assert.rejects(mail.get(), MailboxException)
    world.host.mailbox(ADDRESS).remove(1)
    world.put('third')
    const letters = await mail.get(false, headers)
    await mail.deleteMessages([headers[1] ?? ''])
    await mail.logoff()

    assert.deepEqual(
      letters.map(({ subject }) => subject),
      ['second'],
    )
    assert.deepEqual(world.subjects(), ['third'])
  })

  it('does not forget with a lost connection that letters were to be deleted in it', async () => {
    await using world = await startWorld({
      onCommand: (_protocol, line) => (line.startsWith('RETR') ? 'disconnect' : 'proceed'),
    })
    const { mail } = world
    world.put('first')
    world.put('second')

    await mail.logon(world.profile)
    const [first = ''] = await mail.getUidl()
    await mail.deleteMessages([first])
    for (let attempt = 0; attempt < 2; attempt++) await assert.rejects(mail.get(), MailboxException)

    await assert.rejects(
      mail.logoff(),
      (error) => error instanceof EmailDeletionException && error.outcome === 'kept',
    )
    assert.deepEqual(world.subjects(), ['first', 'second'])
  })

  it('does what was asked for before the connection was ended', async () => {
    await using world = await startWorld()
    const { mail } = world
    world.put('first')
    world.put('second')
    await mail.logon(world.profile)
    const [first = ''] = await mail.getUidl()

    const letters = mail.get()
    const deleted = mail.deleteMessages([first])
    const ended = mail.logoff()

    assert.equal((await letters).length, 2)
    await Promise.all([deleted, ended])
    assert.deepEqual(world.subjects(), ['second'])
  })

  it('says that letters were kept when the deletion did not reach the end of the session', async () => {
    await using world = await startWorld({
      onCommand: (_protocol, line) => (line.startsWith('QUIT') ? 'disconnect' : 'proceed'),
    })
    const { mail } = world
    world.put('first')

    await mail.logon(world.profile)
    await mail.deleteMessages(await mail.getUidl())

    await assert.rejects(
      mail.logoff(),
      (error) => error instanceof EmailDeletionException && error.indexes.join() === '0',
    )
    assert.deepEqual(world.subjects(), ['first'])
  })

  it('sends over one connection, and says who did not get the letter', async () => {
    await using world = await startWorld()
    const { mail, host, profile } = world
    const log: string[] = []
    const message = newMessage()
    message.bcc.add('nobody@example.org')
    message.subject = 'Остатки'
    message.texts.add('Всё на месте.')

    await mail.logon(profile, InternetMailProtocol.Pop3, { log: (line) => log.push(line) })
    const refused = await mail.send(message)
    message.bcc.clear()
    const all = await mail.send(message, InternetMailTextProcessing.DontProcess)

    assert.deepEqual([...refused.keys()], ['nobody@example.org'])
    assert.match(refused.get('nobody@example.org') ?? '', /^550 /)
    assert.equal(all.size, 0)
    assert.equal(host.mailbox('office@example.org').letters().length, 2)
    assert.equal(log.filter((line) => line.includes('EHLO')).length, 1)
    message.to.clear()
    await assert.rejects(mail.send(message), IllegalStateException)
    message.to.add('nobody@example.org')
    await assert.rejects(
      mail.send(message),
      (error) => error instanceof EmailSendingException && error.outcome === 'refused',
    )
    await assert.rejects(
      mail.send(message, InternetMailTextProcessing.Process, InternetMailProtocol.Pop3),
      IllegalArgumentException,
    )
  })

  it('sends again when the server was away for a while', async () => {
    const first = await startWorld()
    const { port } = first.host.smtps ?? { port: 0 }
    const mail = new InternetMail()
    const profile = profileFor(first.host)
    profile.pop3ServerAddress = ''
    const message = newMessage()
    await mail.logon(profile)
    await mail.send(message)
    await first[Symbol.asyncDispose]()
    await assert.rejects(
      mail.send(message),
      (error) => error instanceof EmailSendingException && error.outcome === 'failed',
    )
    await using second = await startWorld({ ports: { smtps: port } })

    await mail.send(message)
    await mail.logoff()

    assert.equal(second.host.mailbox('office@example.org').letters().length, 1)
  })

  it('can be connected again after a login that was refused', async () => {
    await using world = await startWorld()
    const { mail, profile } = world
    const message = newMessage()
    profile.password = 'wrong'
    await assert.rejects(mail.logon(profile), MailboxException)
    profile.smtpPassword = 'wrong'
    profile.pop3ServerAddress = ''
    await mail.logon(profile)
    await assert.rejects(mail.send(message), EmailSendingException)
    await mail.logoff()
  })

  it('does only what the profile and the protocol allow', async () => {
    await using world = await startWorld()
    const { mail, profile } = world
    await assert.rejects(mail.get(), IllegalStateException)
    await assert.rejects(mail.logon(new InternetMailProfile()), IllegalArgumentException)
    await assert.rejects(mail.logon(profile, InternetMailProtocol.Smtp), IllegalArgumentException)
    await mail.logon(profile)
    await assert.rejects(mail.logon(profile), IllegalStateException)
    assert.equal(mail.currentMailbox, '')
    assert.throws(() => (mail.currentMailbox = 'Archive'), IllegalStateException)
    assert.throws(() => mail.clearDeletedMessages(), IllegalStateException)
    await assert.rejects(mail.getMailBoxes(), IllegalStateException)
    await assert.rejects(mail.get(false, [1]), IllegalArgumentException)
    await assert.rejects(mail.get(false, [new InternetMailMessage()]), IllegalArgumentException)
    await mail.logoff()
    await mail.logoff()
    profile.smtpServerAddress = ''
    await mail.logon(profile)
    const message = new InternetMailMessage()
    await assert.rejects(mail.send(message), IllegalStateException)
  })

  it('is connected once, however soon it is asked for another connection', async () => {
    await using world = await startWorld()
    const { mail, profile } = world

    const [first, second] = await Promise.allSettled([mail.logon(profile), mail.logon(profile)])

    assert.equal(first.status, 'fulfilled')
    assert.ok(second.status === 'rejected' && second.reason instanceof IllegalStateException)
  })

  it('leaves no connection behind that was being made when all were ended', async () => {
    await using listener = await serve((socket) => {
      socket.on('end', () => socket.end())
      socket.write('220 here\r\n')
      socket.on('data', (octets: Buffer) => {
        socket.write(octets.toString().startsWith('DATA') ? '354 go on\r\n' : '250 well\r\n')
      })
    })
    const { host, port } = listener.at()
    const profile = new InternetMailProfile()
    profile.smtpServerAddress = host
    profile.smtpPort = port
    profile.requireTls = false
    const message = newMessage(ADDRESS)
    const mail = new InternetMail()
    await mail.logon(profile)

    const sending = mail.send(message)
    await Promise.allSettled([sending, mail.logoff()])

    await listener.idle()
  })

  it('shows no password to a server without TLS, and none to a server with another name', async () => {
    await using world = await startWorld({}, 'without TLS')
    const clear = new InternetMail()
    const profile = profileFor(world.host)
    await assert.rejects(clear.logon(profile), (error) => {
      assert.ok(error instanceof MailboxException)
      assert.match(error.message, /STLS/)
      return true
    })
    profile.requireTls = false
    await clear.logon(profile)
    await clear.logoff()
    await using secure = await startWorld()
    const untrusting = profileFor(secure.host)
    untrusting.secureParameters = undefined
    await assert.rejects(new InternetMail().logon(untrusting), /certificate/)
  })
})
