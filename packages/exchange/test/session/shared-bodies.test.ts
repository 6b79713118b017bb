import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { type ChangesRequest, exchange, type ExchangeContext } from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'

import { SCHEMA, Site } from '../world.ts'

/** A head office and this many shops, that know only the head office. */
async function openStar(
  t: TestContext,
  shops: number,
): Promise<{ readonly office: Site; readonly shops: readonly Site[]; readonly post: PostOffice }> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const post = new PostOffice()
  const clock = { nowMs: Date.UTC(2026, 10, 22) }
  const codes = Array.from(
    { length: shops },
    (_, index) => `С${String(index + 1).padStart(2, '0')}`,
  )
  const open = async (code: string, peers: readonly string[]): Promise<Site> => {
    const site = new Site({ code, peers, folder, post, clock })
    await site.join(SCHEMA)
    return site
  }
  const office = await open('ЦБ', codes)
  const sites: Site[] = []
  for (const code of codes) sites.push(await open(code, ['ЦБ']))
  t.after(() => {
    for (const site of [office, ...sites]) site.close()
    rmSync(folder, { recursive: true })
  })
  return { office, shops: sites, post }
}

/** What lies in a spool beside the word of whose it is. */
function messagesIn(spool: string): string[] {
  return readdirSync(spool).filter((name) => name !== 'owner.json')
}

/** The same context; what is read of the store is noted. */
function watched(site: Site): {
  readonly context: ExchangeContext
  readonly reads: ChangesRequest[]
} {
  const { context } = site
  const { store } = context
  const reads: ChangesRequest[] = []
  const spied: ExchangeContext['store'] = {
    plan: store.plan,
    survey: (request) => store.survey(request),
    nodes: () => store.nodes(),
    shareOf: (node) => store.shareOf(node),
    transaction: (work) => store.transaction(work),
    readChanges: (request) => {
      reads.push(request)
      return store.readChanges(request)
    },
    countChanges: (requests) => store.countChanges(requests),
    sumTables: (request) => store.sumTables(request),
    differences: () => store.differences(),
    setAsideThere: () => store.setAsideThere(),
    resolutions: (range) => store.resolutions(range),
    keyStates: () => store.keyStates(),
    unsentRows: () => store.unsentRows(),
    checksums: () => store.checksums(),
    refusedRows: () => store.refusedRows(),
    conflicts: () => store.conflicts(),
  }
  return { context: { ...context, store: spied }, reads }
}

describe('nodes with the same share at the same position', () => {
  it('get one body, that is read and written once', async (t) => {
    const { office, shops, post } = await openStar(t, 12)
    office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a'), (2, 'Кофе', 20, 'b')`)
    const { context, reads } = watched(office)

    await exchange(context)

    assert.equal(reads.length, 1)
    assert.equal(post.letters.length, 12)
    for (const shop of shops) {
      await shop.exchange()
      assert.equal(shop.rows('SELECT * FROM goods').length, 2)
    }
  })

  it('get what came from others and not what came from themselves, from one body', async (t) => {
    const { office, shops } = await openStar(t, 6)
    for (const shop of shops.slice(0, 4)) {
      shop.sql(`INSERT INTO stock VALUES ('${shop.code}', 1, 5), ('${shop.code}', 2, 6)`)
      await shop.exchange()
    }
    office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    const { context, reads } = watched(office)

    const results = await exchange(context)
    for (const shop of shops) await shop.exchange()

    assert.equal(reads.length, 1)
    assert.deepEqual(
      results.map(({ sent }) => sent?.rows),
      [7, 7, 7, 7, 9, 9],
    )
    for (const shop of shops) assert.equal(shop.rows('SELECT * FROM stock').length, 8)
  })

  it('get messages of bounded size from bodies of bounded size', async (t) => {
    const { office, shops } = await openStar(t, 3)
    office.sql(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
      INSERT INTO goods SELECT i, 'Товар номер ' || i, i * 1.5, 'К' || i FROM n`)
    const { context, reads } = watched(office)

    await exchange({ ...context, rules: { ...context.rules, messageSizeOctets: 10_000 } })
    for (const shop of shops) await shop.exchange()

    const positions = new Set(reads.map(({ afterSeq }) => afterSeq))
    assert.equal(positions.size > 2, true)
    assert.equal(reads.length, positions.size)
    for (const shop of shops) assert.equal(shop.rows('SELECT * FROM goods').length, 400)
  })

  it('leave nothing in the spool when all letters are taken, and the body while one is not', async (t) => {
    const { office, post } = await openStar(t, 4)
    const spool = office.context.spoolFolder
    office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    post.onLetter = ({ name }) => {
      return name.to === 'С03' ? { kind: 'defer' } : { kind: 'deliver', copies: 1 }
    }
    await office.exchange()
    const held = messagesIn(spool)

    post.onLetter = () => ({ kind: 'deliver', copies: 1 })
    await office.exchange()
    await office.exchange()

    assert.equal(held.length, 1)
    assert.deepEqual(messagesIn(spool), [])
    assert.equal(post.letters.length, 4)
  })
})

describe('an exchange with nothing to do', () => {
  it('does not take the write lock, and opens nothing but the mailbox', async (t) => {
    const { office } = await openStar(t, 3)
    await office.exchange()
    const { context } = watched(office)
    let writes = 0
    const store: ExchangeContext['store'] = {
      ...context.store,
      transaction: (work) => {
        writes += 1
        return context.store.transaction(work)
      },
    }

    const results = await exchange({ ...context, store })

    assert.equal(writes, 0)
    assert.deepEqual(
      results.map(({ sent, received, errors }) => [sent?.messages, received?.messages, errors]),
      [
        [0, 0, []],
        [0, 0, []],
        [0, 0, []],
      ],
    )
  })
})
