/** A site of the benchmark: a database with one table of twelve columns, and ports that count the time spent in them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import {
  type ChangeStore,
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  type ExchangeContext,
  newNodeState,
  parseNodeCode,
  parsePlanName,
  SUBJECT_PREFIX,
  type Transport,
} from '@obmen/exchange'
import { MailTransport } from '@obmen/exchange/mail'
import { ForeignLetters, openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'
import type { PostOffice } from '@obmen/exchange/testing'
import { MailboxAddress } from '@obmen/mail/mime'
import { type MailServer, Secret } from '@obmen/mail/smtp'

import { parseFigures } from '../programs.ts'
import { PRAGMAS, TABLE } from './trade.ts'

/** Milliseconds spent in deliveries and downloads. */
export interface MailTime {
  deliverMs: number
  fetchMs: number
}

export interface Site {
  readonly database: DatabaseSync
  readonly store: ChangeStore
  readonly context: ExchangeContext
  readonly mailTime: MailTime
}

export interface SiteOptions {
  readonly code: string
  readonly peers: readonly string[]
  /** Letters go through it; otherwise through the mail host of the folder. */
  readonly post?: PostOffice
}

export async function openSite(folder: string, { code, peers, post }: SiteOptions): Promise<Site> {
  const database = new DatabaseSync(join(folder, `${code}.db`))
  database.exec(`${PRAGMAS}; ${TABLE}`)
  const plan = { name: parsePlanName('УдаленныеСклады'), thisNode: parseNodeCode(code) }
  prepareSqlite(database, plan, { kind: 'all' })
  const store = openSqliteStore(database, plan)
  await store.transaction(async (transaction) => {
    const known = new Set((await transaction.nodes()).map((node) => node.code))
    for (const peer of peers.map(parseNodeCode)) {
      if (!known.has(peer)) await transaction.addNode(newNodeState(peer))
    }
  })
  const mailTime = { deliverMs: 0, fetchMs: 0 }
  const transport =
    post?.transportFor(plan) ??
    new MailTransport({
      plan,
      address: MailboxAddress.parse('exchange@example.org'),
      ...readServers(folder),
      subjectPrefix: SUBJECT_PREFIX,
      foreignLetters: new ForeignLetters(database),
    })
  const context = {
    store,
    transport: withTimes(transport, mailTime),
    spoolFolder: join(folder, `spool-${code}`),
    rules: { ...DEFAULT_SENDING_RULES, messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS },
    now: () => Date.now(),
    newUuid: () => crypto.randomUUID(),
  }
  return { database, store, context, mailTime }
}

/** The codes of so many nodes. */
export function nodeCodes(count: number): string[] {
  return Array.from({ length: count }, (_, no) => `С${String(no + 1).padStart(4, '0')}`)
}

export function readServers(folder: string): {
  readonly smtp: MailServer
  readonly pop3: MailServer
} {
  const { smtp = 0, pop3 = 0 } = parseFigures(readFileSync(join(folder, 'ports.json'), 'utf8'))
  const credentials = { user: 'exchange@example.org', password: new Secret('bench') }
  const server = (port: number): MailServer => ({
    host: '127.0.0.1',
    port,
    tls: 'none',
    credentials,
  })
  return { smtp: server(smtp), pop3: server(pop3) }
}

function withTimes(transport: Transport, time: MailTime): Transport {
  return {
    deliver: async (message) => {
      const begin = performance.now()
      await transport.deliver(message)
      time.deliverMs += performance.now() - begin
    },
    openInbox: async () => {
      const inbox = await transport.openInbox()
      return {
        waiting: () => inbox.waiting(),
        fetch: async (message, sink) => {
          const begin = performance.now()
          await inbox.fetch(message, sink)
          time.fetchMs += performance.now() - begin
        },
        remove: (message) => inbox.remove(message),
        close: () => inbox.close(),
      }
    },
    close: () => transport.close(),
  }
}
