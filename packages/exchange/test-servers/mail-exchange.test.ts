import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'

import {
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  exchange,
  type ExchangeContext,
  newNodeState,
  parseNodeCode,
  parsePlanName,
  SUBJECT_PREFIX,
} from '@obmen/exchange'
import { MailTransport } from '@obmen/exchange/mail'
import { ForeignLetters, openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'
import { type ImapMailbox, UidSet } from '@obmen/mail/imap'
import { MailboxAddress } from '@obmen/mail/mime'

import {
  type LabPort,
  type Laboratory,
  mailboxAt,
  onePerServer,
  passwordPorts,
  readLaboratory,
  toMailServer,
} from '../../mail/test-servers/laboratory.ts'
import { openOwnMailbox } from '../../mail/test-servers/mailboxes.ts'
import { composeLetter } from '../src/transport/exchange-letter.ts'
import { fetchText, MESSAGE, OFFICE, outgoing, PLAN, SHOP } from '../test/transport/messages.ts'
import { takeCensus } from '../../mail/test/census.ts'

takeCensus()

const laboratory = readLaboratory()
const submissions = passwordPorts(laboratory, 'smtp')
const maildrops = passwordPorts(laboratory, 'pop3')
const mailboxes = passwordPorts(laboratory, 'imap')

/** A delivery takes 20 to 200 ms; each look at the mailbox takes about as long. */
const MOST_LOOKS = 100

interface Node {
  readonly database: DatabaseSync
  readonly context: ExchangeContext
  acknowledged(): Promise<boolean>
}

async function openNode(
  t: TestContext,
  way: { readonly smtp: LabPort; readonly incoming: LabPort; readonly planName: string },
  [code, peer]: readonly [string, string],
): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const database = new DatabaseSync(join(folder, 'site.db'))
  database.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, photo BLOB)')
  const plan = { name: parsePlanName(way.planName), thisNode: parseNodeCode(code) }
  prepareSqlite(database, plan, { kind: 'all' })
  const store = openSqliteStore(database, plan)
  await store.transaction((transaction) => transaction.addNode(newNodeState(parseNodeCode(peer))))
  const transport = openTransport(laboratory, { ...way, plan, database })
  t.after(async () => {
    await transport.close()
    database.close()
    rmSync(folder, { recursive: true })
  })
  return {
    database,
    context: {
      store,
      transport,
      spoolFolder: join(folder, 'spool'),
      rules: { ...DEFAULT_SENDING_RULES, messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS },
      now: () => Date.now(),
      newUuid: () => crypto.randomUUID(),
    },
    acknowledged: () =>
      store.transaction(async (transaction) => {
        const node = await transaction.node(parseNodeCode(peer))
        return (
          node.acknowledgedNo > 0 && node.unacknowledged.every(({ rowCount }) => rowCount === 0)
        )
      }),
  }
}

function openTransport(
  lab: Laboratory,
  way: {
    readonly smtp: LabPort
    readonly incoming: LabPort
    readonly plan: ExchangeContext['store']['plan']
    readonly database: DatabaseSync
  },
): MailTransport {
  const [user] = lab.users
  const mailbox = user && mailboxAt(way.incoming, user)
  assert.ok(user)
  assert.ok(mailbox)
  const incoming = toMailServer(lab, way.incoming, mailbox)
  return new MailTransport({
    plan: way.plan,
    address: MailboxAddress.parse(mailbox.address),
    smtp: toMailServer(lab, way.smtp, { user: user.login, password: user.password }),
    ...(way.incoming.protocol === 'imap' ? { imap: incoming } : { pop3: incoming }),
    subjectPrefix: SUBJECT_PREFIX,
    foreignLetters: new ForeignLetters(way.database),
  })
}

async function checkExchange(t: TestContext, smtp: LabPort, incoming: LabPort): Promise<void> {
  const planName = `План_${crypto.randomUUID().slice(0, 8)}`
  const way = { smtp, incoming, planName }
  const office = await openNode(t, way, ['ЦБ', 'С01'])
  const shop = await openNode(t, way, ['С01', 'ЦБ'])
  office.database.exec(
    `INSERT INTO goods VALUES (1, 'Чай', x'00ff'), (2, 'Кофе', randomblob(300000))`,
  )
  shop.database.exec(`INSERT INTO goods VALUES (3, 'Какао', NULL)`)

  for (let look = 0; look < MOST_LOOKS; look += 1) {
    for (const node of [office, shop]) {
      const [result] = await exchange(node.context)
      assert.deepEqual(result?.errors, [])
    }
    if ((await office.acknowledged()) && (await shop.acknowledged())) break
  }

  assert.deepEqual(await office.context.store.checksums(), await shop.context.store.checksums())
  assert.equal(shop.database.prepare('SELECT * FROM goods').all().length, 3)
}

/** The letters of a mailbox, with their flags. */
async function flagsByUid(mailbox: ImapMailbox): Promise<ReadonlyMap<number, readonly string[]>> {
  const flags = new Map<number, readonly string[]>()
  for await (const letter of mailbox.fetch(UidSet.from(1), { flags: true })) {
    const lasting = (letter.flags ?? []).filter((flag) => flag !== '\\Recent')
    flags.set(letter.uid ?? 0, lasting.toSorted())
  }
  return flags
}

/** An exchange message and letters of people are in a mailbox; the message is received and removed. */
async function checkOthersUntouched(t: TestContext, incoming: LabPort): Promise<void> {
  const [user] = laboratory.users
  const mailbox = user && mailboxAt(incoming, user)
  assert.ok(mailbox)
  const server = toMailServer(laboratory, incoming, mailbox)
  await using own = await openOwnMailbox(server)
  const { name } = own.mailbox
  const letter = new TextEncoder().encode('Subject: hello\r\n\r\nhi\r\n')
  for (const flags of [[], ['\\Flagged'], ['\\Deleted'], ['\\Seen', '\\Answered']]) {
    await own.imap.append(name, letter, { flags })
  }
  const message = outgoing(1)
  const others = { ...message, name: { ...message.name, from: SHOP, to: OFFICE } }
  const address = MailboxAddress.parse(mailbox.address)
  for (const one of [others, message]) {
    await own.imap.append(name, composeLetter(one, address, SUBJECT_PREFIX))
  }
  const before = [...(await flagsByUid(await own.imap.select(name)))]
  const transport = new MailTransport({
    plan: { name: PLAN, thisNode: SHOP },
    address,
    smtp: server,
    imap: { ...server, mailbox: name.text },
    subjectPrefix: SUBJECT_PREFIX,
    foreignLetters: { all: () => new Set(), replace: () => undefined },
  })
  t.after(() => transport.close())

  const inbox = await transport.openInbox()
  const [waiting, ...more] = await inbox.waiting()
  assert.ok(waiting)
  const text = await fetchText(inbox, waiting)
  await inbox.remove(waiting)
  await inbox.close()

  assert.deepEqual(more, [])
  assert.equal(text, new TextDecoder().decode(MESSAGE))
  assert.deepEqual([...(await flagsByUid(await own.imap.select(name)))], before.slice(0, -1))
}

describe('exchange through real mail servers', () => {
  const [firstMaildrop] = maildrops
  const [firstSubmission] = submissions
  assert.ok(firstMaildrop)
  assert.ok(firstSubmission)
  for (const smtp of submissions) {
    it(`sends by ${smtp.id}`, (t) => checkExchange(t, smtp, firstMaildrop))
  }
  for (const incoming of [...maildrops, ...mailboxes]) {
    it(`receives by ${incoming.id}`, (t) => checkExchange(t, firstSubmission, incoming))
  }
  for (const incoming of onePerServer(mailboxes)) {
    it(`leaves the other letters as they are at ${incoming.id}`, (t) =>
      checkOthersUntouched(t, incoming))
  }
})
