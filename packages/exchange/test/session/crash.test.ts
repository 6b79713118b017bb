import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { exchange, type ExchangeContext, type Inbox, type Transport } from '@obmen/exchange'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

/** The process ends at this call: nothing that comes after it happens. */
class ProcessDied extends Error {}

/** Lets the process die after the n-th call of a port that changes something. */
class Doom {
  #callsLeft: number
  hasStruck = false

  constructor(callNo: number) {
    this.#callsLeft = callNo
  }

  async at<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.hasStruck) throw new ProcessDied()
    this.#callsLeft -= 1
    if (this.#callsLeft > 0) return call()
    this.hasStruck = true
    // To die after a call is to die before the next one.
    await call()
    throw new ProcessDied()
  }

  /** A call that changes nothing: to die after it is to die before the next one. */
  async atReading<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.hasStruck) throw new ProcessDied()
    return call()
  }
}

/** The same context with ports at which the process may die; a transaction that is open is rolled back. */
function doomed(site: Site, doom: Doom): ExchangeContext {
  const { context } = site
  const { transport, store } = context
  const mortalStore: ExchangeContext['store'] = {
    plan: store.plan,
    transaction: (work) =>
      store.transaction((transaction) => {
        return work({
          keys: transaction.keys,
          nodes: () => doom.at(() => transaction.nodes()),
          node: (code) => transaction.node(code),
          saveNode: (node) => doom.at(() => transaction.saveNode(node)),
          addNode: (node) => transaction.addNode(node),
          removeNode: (code) => transaction.removeNode(code),
          attributes: (code) => transaction.attributes(code),
          setAttributes: (code, attributes) => transaction.setAttributes(code, attributes),
          fold: () => doom.at(() => transaction.fold()),
          foldAndRetry: (nowMs) => doom.at(() => transaction.foldAndRetry(nowMs)),
          forgetVia: (code) => transaction.forgetVia(code),
          enterUnknown: () => transaction.enterUnknown(),
          differencesWith: (code) => transaction.differencesWith(code),
          saveDifferences: (code, differences) => transaction.saveDifferences(code, differences),
          setAsideOf: (code) => transaction.setAsideOf(code),
          keepSetAsideThere: (there) => doom.at(() => transaction.keepSetAsideThere(there)),
          setAside: (rows) => doom.at(() => transaction.setAside(rows)),
          takeUp: (rows) => doom.at(() => transaction.takeUp(rows)),
          endDay: (request) => doom.at(() => transaction.endDay(request)),
          setInstance: (instance) => doom.at(() => transaction.setInstance(instance)),
          resolveConflict: (choice, nowMs) => transaction.resolveConflict(choice, nowMs),
          acceptResolutions: (from, resolutions, nowMs) =>
            doom.at(() => transaction.acceptResolutions(from, resolutions, nowMs)),
          clearConflicts: (beforeMs) => transaction.clearConflicts(beforeMs),
          retryRefused: (nowMs) => transaction.retryRefused(nowMs),
          dropRefused: (row) => transaction.dropRefused(row),
          beginApplying: async (sender) => {
            const applier = await transaction.beginApplying(sender)
            return {
              beginTable: (table) => doom.at(() => applier.beginTable(table)),
              applyRows: (rows) => doom.at(() => applier.applyRows(rows)),
              finish: () => doom.at(() => applier.finish()),
            }
          },
        })
      }),
    survey: (request) => doom.atReading(() => store.survey(request)),
    nodes: () => store.nodes(),
    shareOf: (node) => doom.atReading(() => store.shareOf(node)),
    readChanges: (request) => mortalRead(store.readChanges(request), doom),
    countChanges: (requests) => store.countChanges(requests),
    sumTables: (request) => store.sumTables(request),
    differences: () => store.differences(),
    setAsideThere: () => store.setAsideThere(),
    resolutions: (range) => store.resolutions(range),
    keyStates: () => store.keyStates(),
    unsentRows: () => doom.atReading(() => store.unsentRows()),
    checksums: () => store.checksums(),
    refusedRows: () => store.refusedRows(),
    conflicts: () => store.conflicts(),
  }
  return { ...context, store: mortalStore, transport: mortalTransport(transport, doom) }
}

async function* mortalRead<Batch>(
  batches: AsyncIterable<Batch>,
  doom: Doom,
): AsyncGenerator<Batch, void, void> {
  for await (const batch of batches) yield await doom.atReading(() => Promise.resolve(batch))
}

function mortalTransport(transport: Transport, doom: Doom): Transport {
  return {
    deliver: (message) => doom.at(() => transport.deliver(message)),
    sizeLimit: () => doom.atReading(async () => transport.sizeLimit?.()),
    openInbox: async () => mortalInbox(await doom.at(() => transport.openInbox()), doom),
    close: () => transport.close(),
  }
}

function mortalInbox(inbox: Inbox, doom: Doom): Inbox {
  return {
    waiting: () => doom.at(() => inbox.waiting()),
    fetch: (message, sink) => doom.at(() => inbox.fetch(message, sink)),
    remove: (message) => doom.at(() => inbox.remove(message)),
    close: () => doom.at(() => inbox.close()),
  }
}

/** Exchanges until the process dies, then starts it anew. False when there was no such call any more. */
async function exchangeAndDie(site: Site, peer: Site, doom: Doom): Promise<boolean> {
  try {
    await exchange(doomed(site, doom), [peer.plan.thisNode])
  } catch (error) {
    if (!(error instanceof ProcessDied)) throw error
  }
  site.restart()
  return doom.hasStruck
}

/** Small enough that the changes take two messages. */
const rules = { messageSizeOctets: 100 }

/** Both sides have changed something, and know it of nobody yet. */
async function prepare(t: TestContext): Promise<World> {
  const world = await openWorld(t, { rules })
  world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a'), (2, 'Кофе', 20, 'b')`)
  await settle(world)
  world.office.sql(
    `UPDATE goods SET price = 11 WHERE id = 1; INSERT INTO goods (id) VALUES (3), (4)`,
  )
  world.shop.sql(`INSERT INTO stock VALUES ('С01', 1, 5); DELETE FROM goods WHERE id = 2`)
  for (const site of world.sites) site.close()
  return world
}

describe('a process that dies at any point of an exchange', () => {
  const ROLES = [
    { role: 'sender', at: 'shop', rows: 'SELECT * FROM goods', rowCount: 3 },
    { role: 'receiver', at: 'second', rows: 'SELECT * FROM stock', rowCount: 1 },
  ] as const
  for (const { role, at, rows, rowCount } of ROLES) {
    it(`loses and doubles nothing: as ${role}, after each call`, async (t) => {
      const prepared = await prepare(t)
      let deaths = 0
      for (let callNo = 1; ; callNo += 1) {
        const world = await openWorld(t, { rules, copyOf: prepared })
        const { office, shop } = world
        const [site, peer] = role === 'sender' ? [office, shop] : [shop, office]
        if (role === 'receiver') await peer.exchange()
        if (!(await exchangeAndDie(site, peer, new Doom(callNo)))) break
        deaths += 1

        await settle(world)
        assert.equal(await areEqual(world), true, `died at call ${callNo}`)
        assert.equal(world[at].rows(rows).length, rowCount)
        assert.deepEqual(await site.store.conflicts(), [])
        for (const closed of world.sites) closed.close()
      }
      assert.equal(deaths >= 10, true, `${deaths} deaths`)
    })
  }
})
