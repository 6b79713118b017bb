import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { type NodeCode, parseNodeCode, parsePlanName } from '@obmen/exchange'
import type pg from 'pg'

import { NodeQueue } from '../../src/daemon/node-queue.ts'
import { startPostgres } from '../../../exchange/test/store/postgres/test-server.ts'

const PLAN = parsePlanName('УдаленныеСклады')
const NODES = ['С01', 'С02', 'С03'].map(parseNodeCode)

const server = await startPostgres()

async function openQueue(t: TestContext, pool: pg.Pool): Promise<NodeQueue> {
  const queue = await NodeQueue.open({
    run: (text, values) => pool.query<object>(text, values),
    plan: PLAN,
    onError: (error) => assert.fail(error),
  })
  t.after(() => queue[Symbol.asyncDispose]())
  return queue
}

/** Takes work, and does none of it before it is told to. */
class Bench {
  readonly atWork: NodeCode[] = []
  readonly begun: NodeCode[] = []
  readonly #release: (() => void)[] = []
  #isOver = false

  readonly work = async (node: NodeCode): Promise<void> => {
    assert.ok(!this.atWork.includes(node), `${node} is at work twice`)
    this.atWork.push(node)
    this.begun.push(node)
    if (!this.#isOver) await new Promise<void>((resolve) => this.#release.push(resolve))
    this.atWork.splice(this.atWork.indexOf(node), 1)
  }

  /** Work that comes from now on is done at once. */
  finishAll(): void {
    this.#isOver = true
    for (const release of this.#release.splice(0)) release()
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A database that a worker does not reach any more from the moment of its death. */
class MortalPool {
  readonly #pool: pg.Pool
  readonly #end = Promise.withResolvers<void>()
  #isDead = false

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  get end(): Promise<void> {
    return this.#end.promise
  }

  readonly run = (text: string, values?: unknown[]): Promise<{ rows: object[] }> => {
    if (this.#isDead) return Promise.reject(new Error('the worker is dead'))
    return this.#pool.query<object>(text, values)
  }

  die(): void {
    this.#isDead = true
  }

  bury(): void {
    this.#isDead = false
    this.#end.resolve()
  }
}

describe('a queue of nodes', () => {
  it('shares the nodes among workers, each node at work once', async (t) => {
    const pool = await server.newDatabase()
    const bench = new Bench()
    for (const queue of [await openQueue(t, pool), await openQueue(t, pool)]) {
      await queue.work({ count: 2, work: bench.work })
      await queue.offer(NODES)
      await queue.offer(NODES)
    }
    await bench.until(() => bench.atWork.length === NODES.length)
    assert.deepEqual(bench.atWork.toSorted(), NODES)
    bench.finishAll()
    // Each was offered again while it waited or was at work: it comes once more at most.
    await bench.until(() => bench.atWork.length === 0)
    assert.ok(bench.begun.length <= 2 * NODES.length)
  })

  it('gives the node of a worker that died to another one', async (t) => {
    const pool = await server.newDatabase()
    const queue = await openQueue(t, pool)
    const begun = Promise.withResolvers<void>()
    const dying = new MortalPool(pool)
    const worker = await NodeQueue.open({ run: dying.run, plan: PLAN, onError: () => undefined })
    await worker.work({
      count: 1,
      work: async () => {
        begun.resolve()
        await dying.end
      },
    })
    await queue.offer(NODES.slice(0, 1))
    await begun.promise
    dying.die()
    const taken = Promise.withResolvers<NodeCode>()
    await queue.work({ count: 1, work: (node) => Promise.resolve(taken.resolve(node)) })
    // As if its last word were a minute ago.
    await pool.query(
      `UPDATE obmen_queue.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active'`,
    )
    assert.equal(await taken.promise, 'С01')
    dying.bury()
    await worker[Symbol.asyncDispose]()
  })

  it('complains in the error of the statement that failed', async (t) => {
    const pool = await server.newDatabase()
    const failure = new RangeError('the database is away')
    let isAway = false
    const complaint = Promise.withResolvers<Error>()
    const queue = await NodeQueue.open({
      run: (text, values) => (isAway ? Promise.reject(failure) : pool.query<object>(text, values)),
      plan: PLAN,
      onError: (error) => complaint.resolve(error),
    })
    t.after(() => queue[Symbol.asyncDispose]())

    await queue.work({ count: 1, work: () => Promise.resolve() })
    isAway = true

    assert.equal(await complaint.promise, failure)
    isAway = false
  })
})
