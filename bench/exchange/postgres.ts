/**
 * What an exchange costs on PostgreSQL: the same table as on SQLite, 12 columns of a trade with texts in Cyrillic. Beside it what
 * one would do by hand: INSERT … ON CONFLICT in batches, of lists of values and of arrays.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  exchange,
  type ExchangeContext,
  newNodeState,
  parseNodeCode,
  parsePlanName,
} from '@obmen/exchange'
import { openPostgresStore, preparePostgres } from '@obmen/exchange/postgres'
import { PostOffice } from '@obmen/exchange/testing'
import type pg from 'pg'

import {
  type PostgresServer,
  startServer,
} from '../../packages/exchange/test/store/postgres/postgres-server.ts'
import { figure, median, peerFigure, type Section } from '../mail/figures.ts'
import {
  type Batches,
  listsOf,
  makeOrders,
  readDigest,
  TABLE,
  writeArrays,
  writeLists,
} from './postgres-orders.ts'
import { type SharedCost, sharedCostOf } from './server-clock.ts'

/** What is measured once, so that it can be repeated; the median of as many counts. */
const ROUNDS = 3

/** What rows cost, by hand and on their way, each step by itself. */
interface WayCosts {
  /** The rows, written without an exchange, in both ways, and with registration. */
  readonly lists: SharedCost
  readonly arrays: SharedCost
  readonly registered: SharedCost
  readonly fold: SharedCost
  /** To read, encode, compress, seal, write and deliver. */
  readonly send: SharedCost
  /** To check, decode, judge, write and enter into the change index. */
  readonly receive: SharedCost
}

interface Round {
  readonly new: WayCosts
  readonly known: WayCosts
}

/** Lets the rows of one database reach another one in the same server, new ones and then the same ones changed. */
export async function* measurePostgres(rows: number): AsyncGenerator<Section> {
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(rows))
  for (const [kind, words] of [
    ['new', 'new rows'],
    ['known', 'changed rows'],
  ] as const) {
    const costs = rounds.map((round) => round[kind])
    yield captureSection(costs, { rows, words })
    yield waySection(costs, { rows, words })
  }
}

async function measureRound(rows: number): Promise<Round> {
  const server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    const [byLists, byArrays] = [await server.newDatabase(), await server.newDatabase()]
    for (const bare of [byLists, byArrays]) await bare.query(TABLE)
    const post = new PostOffice()
    const office = await openSite(server, { folder, post, code: 'ЦБ', peer: 'С01' })
    const shop = await openSite(server, { folder, post, code: 'С01', peer: 'ЦБ' })
    const way = async (batches: Batches): Promise<WayCosts> => {
      const cost = (work: () => unknown): Promise<SharedCost> => sharedCostOf(server.pid, work)
      const lists = listsOf(batches)
      const costs = {
        lists: await cost(() => writeLists(byLists, lists)),
        arrays: await cost(() => writeArrays(byArrays, batches)),
        registered: await cost(() => writeArrays(office.pool, batches)),
        fold: await cost(() => office.context.store.transaction((some) => some.fold())),
        send: await cost(() => exchange(office.context)),
        receive: await cost(() => exchange(shop.context)),
      }
      await exchange(office.context)
      const [sent, received] = [await readDigest(office.pool), await readDigest(shop.pool)]
      if (sent !== received) throw new Error('the two databases are not equal')
      return costs
    }
    return {
      new: await way(makeOrders(rows, 'entered')),
      known: await way(makeOrders(rows, 'changed')),
    }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

interface Site {
  readonly pool: pg.Pool
  readonly context: ExchangeContext
}

async function openSite(
  server: PostgresServer,
  options: {
    readonly folder: string
    readonly post: PostOffice
    readonly code: string
    readonly peer: string
  },
): Promise<Site> {
  const plan = { name: parsePlanName('УдаленныеСклады'), thisNode: parseNodeCode(options.code) }
  const pool = await server.newDatabase()
  await pool.query(TABLE)
  await preparePostgres(pool, plan, { kind: 'all' })
  const store = await openPostgresStore(pool, plan)
  await store.transaction((some) => some.addNode(newNodeState(parseNodeCode(options.peer))))
  const context = {
    store,
    transport: options.post.transportFor(plan),
    spoolFolder: join(options.folder, options.code),
    rules: { ...DEFAULT_SENDING_RULES, messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS },
    now: () => Date.now(),
    newUuid: () => crypto.randomUUID(),
  }
  return { pool, context }
}

interface Measured {
  readonly rows: number
  readonly words: string
}

type Part = 'processorMs' | 'elapsedMs'

/** The parts of a cost, and what they are counted in. */
const PARTS: readonly (readonly [Part, string])[] = [
  ['processorMs', 'ms of CPU'],
  ['elapsedMs', 'ms'],
]

function captureSection(costs: readonly WayCosts[], of: Measured): Section {
  const perSecond = (name: 'arrays' | 'registered', part: Part): number[] =>
    costs.map((cost) => (of.rows / cost[name][part]) * 1000)
  return {
    title: `PostgreSQL, registration: ${of.rows} ${of.words} in one transaction`,
    lines: PARTS.flatMap(([part, time]) => {
      const ours = perSecond('registered', part)
      const unit = time.replace('ms', 'rows/s')
      const target = { sense: 'at least', bound: 0.55 } as const
      return [
        figure('with registration', median(ours), unit),
        peerFigure('without', perSecond('arrays', part), { ours, unit, target }),
      ]
    }),
  }
}

const BY_HAND = [
  ['lists', 'INSERT … ON CONFLICT in batches'],
  ['arrays', 'the same, an array for each column'],
] as const

const STEPS = [
  ['fold', 'fold the log'],
  ['send', 'read, encode, compress, seal, write'],
  ['receive', 'check, decode, judge, write, enter into index'],
] as const

function waySection(costs: readonly WayCosts[], of: Measured): Section {
  return {
    title: `PostgreSQL, from one database to the other: ${of.rows} ${of.words}, this process and the server together`,
    lines: PARTS.flatMap(([part, unit]) => {
      const way = costs.map((cost) => STEPS.reduce((sum, [name]) => sum + cost[name][part], 0))
      return [
        figure('the whole way', median(way), unit),
        ...BY_HAND.map(([name, words]) =>
          peerFigure(
            words,
            costs.map((cost) => cost[name][part]),
            { ours: way, unit, target: { sense: 'at most', bound: 2.5 } },
          ),
        ),
        ...STEPS.map(([name, words]) =>
          figure(words, median(costs.map((cost) => cost[name][part])), unit),
        ),
      ]
    }),
  }
}
