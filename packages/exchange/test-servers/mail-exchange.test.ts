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
import { MailboxAddress } from '@obmen/mail/mime'

import {
  type LabPort,
  type Laboratory,
  passwordPorts,
  readLaboratory,
  toMailServer,
} from '../../mail/test-servers/laboratory.ts'

const laboratory = readLaboratory()
const submissions = passwordPorts(laboratory, 'smtp')
const maildrops = passwordPorts(laboratory, 'pop3')

/** A delivery takes 20 to 200 ms; each look at the mailbox takes about as long. */
const MOST_LOOKS = 100

interface Node {
  readonly database: DatabaseSync
  readonly context: ExchangeContext
  acknowledged(): Promise<boolean>
}

async function openNode(
  t: TestContext,
  way: { readonly smtp: LabPort; readonly pop3: LabPort; readonly planName: string },
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
    readonly pop3: LabPort
    readonly plan: ExchangeContext['store']['plan']
    readonly database: DatabaseSync
  },
): MailTransport {
  const [user] = lab.users
  assert.ok(user)
  const logins: Readonly<Record<string, string | undefined>> = {
    cyrus: user.cyrus_login,
    courier: user.courier_login,
  }
  const maildropLogin = logins[way.pop3.server] ?? user.login
  return new MailTransport({
    plan: way.plan,
    address: MailboxAddress.parse(logins[way.pop3.server] ?? user.address),
    smtp: toMailServer(lab, way.smtp, { user: user.login, password: user.password }),
    pop3: toMailServer(lab, way.pop3, { user: maildropLogin, password: user.password }),
    subjectPrefix: SUBJECT_PREFIX,
    foreignLetters: new ForeignLetters(way.database),
  })
}

async function checkExchange(t: TestContext, smtp: LabPort, pop3: LabPort): Promise<void> {
  const planName = `План_${crypto.randomUUID().slice(0, 8)}`
  const way = { smtp, pop3, planName }
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

describe('exchange through real mail servers', () => {
  const [firstMaildrop] = maildrops
  const [firstSubmission] = submissions
  assert.ok(firstMaildrop)
  assert.ok(firstSubmission)
  for (const smtp of submissions) {
    it(`sends by ${smtp.id}`, (t) => checkExchange(t, smtp, firstMaildrop))
  }
  for (const pop3 of maildrops) {
    it(`receives by ${pop3.id}`, (t) => checkExchange(t, firstSubmission, pop3))
  }
})
