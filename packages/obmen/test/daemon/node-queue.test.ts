import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
  #release: (() => void)[] = []
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
    const { host, user, database } = server.settings(await nameOf(pool))
    const worker = spawn(
      process.execPath,
      [new URL('dying-worker.ts', import.meta.url).pathname, host, user, database],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(worker.stdout, 'data')
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    const taken = Promise.withResolvers<NodeCode>()
    await queue.work({ count: 1, work: (node) => Promise.resolve(taken.resolve(node)) })
    // As if its last word were a minute ago.
    await pool.query(
      `UPDATE obmen_queue.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active'`,
    )
    assert.equal(await taken.promise, 'С01')
  })
})

async function nameOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name')
  return rows[0]?.name ?? ''
}
