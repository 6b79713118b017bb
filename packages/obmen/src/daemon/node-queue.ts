/**
 * Work on nodes, shared by several workers on one PostgreSQL: a queue in which each node is waiting at most once and at work
 * at most once, so its messages stay in order. A worker that dies loses its node to another one.
 *
 * The queue is pg-boss's, in a schema of its own in the same database.
 */
import type { NodeCode, PlanName } from '@obmen/exchange'
import { parseNodeCode } from '@obmen/exchange'
import { PgBoss } from 'pg-boss'

const SCHEMA = 'obmen_queue'

/** The least that pg-boss takes: a worker that is silent for so long counts as dead. */
const HEARTBEAT_SECONDS = 10

/** How often a worker says that it lives: two of its words may be lost. */
const REFRESH_SECONDS = 3

/** A first load over a slow line takes hours; whether the worker lives says its heartbeat. */
const LONGEST_WORK_SECONDS = 23 * 3600

/** How often each worker asks for work. The queue is looked at by an index; there are few workers. */
const POLLING_SECONDS = 0.5

/** Work on a node that was lost with its worker is taken up again without end: nothing else would do it. */
const RETRIES = 1_000_000

/** Runs statements of the queue on the database. */
export type RunStatement = (text: string, values?: unknown[]) => Promise<{ rows: object[] }>

export interface QueueOptions {
  readonly run: RunStatement
  readonly plan: PlanName
  /** What the queue complains of: the connection broke, a job could not be looked at. It goes on by itself. */
  readonly onError: (error: Error) => void
}

export interface Workers {
  /** How many nodes this process works on at a time. */
  readonly count: number
  /** Must not reject: what happens to one node is told by it. The signal says that the process is to end. */
  readonly work: (node: NodeCode, signal: AbortSignal) => Promise<void>
}

interface NodeJob {
  readonly node: string
}

/** The queue complains in objects that have the words of an error and are none. What fails is a statement: its error is kept here. */
class Failures {
  readonly run: RunStatement
  #last: Error | undefined

  constructor(run: RunStatement) {
    this.run = async (text, values) => {
      try {
        return await run(text, values)
      } catch (error) {
        if (error instanceof Error) this.#last = error
        throw error
      }
    }
  }

  /** The error that a complaint is about. */
  behind(complaint: { readonly message: string }): Error {
    if (complaint instanceof Error) return complaint
    return this.#last?.message === complaint.message ? this.#last : new Error(complaint.message)
  }
}

/** A queue of nodes to be exchanged with. */
export class NodeQueue implements AsyncDisposable {
  readonly #boss: PgBoss
  readonly #name: string
  readonly #stop = new AbortController()

  private constructor(boss: PgBoss, plan: PlanName) {
    this.#boss = boss
    this.#name = `exchange-${Buffer.from(plan).toString('hex')}`
  }

  /** Opens the queue, and makes it when it is not there. Rejects with what `pg` says when the database can't be reached. */
  static async open({ run, plan, onError }: QueueOptions): Promise<NodeQueue> {
    const failures = new Failures(run)
    const boss = new PgBoss({
      db: { executeSql: failures.run },
      schema: SCHEMA,
      supervise: true,
      schedule: false,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
    })
    boss.on('error', (complaint) => onError(failures.behind(complaint)))
    await boss.start()
    const queue = new NodeQueue(boss, plan)
    await boss.createQueue(queue.#name, {
      policy: 'stately',
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: LONGEST_WORK_SECONDS,
      retryLimit: RETRIES,
      retryDelay: 0,
    })
    return queue
  }

  /** Puts nodes into the queue. One that waits there already is not put there twice; one that is at work comes again after that. */
  async offer(nodes: readonly NodeCode[]): Promise<void> {
    if (nodes.length === 0) return
    const jobs = nodes.map((node) => ({ data: { node }, singletonKey: node }))
    await this.#boss.insert(this.#name, jobs)
  }

  /** Begins to take nodes out of the queue and to work on them. */
  async work({ count, work }: Workers): Promise<void> {
    const options = {
      batchSize: 1,
      localConcurrency: count,
      pollingIntervalSeconds: POLLING_SECONDS,
      heartbeatRefreshSeconds: REFRESH_SECONDS,
    }
    await this.#boss.work<NodeJob>(this.#name, options, async (jobs) => {
      for (const { data, signal } of jobs) {
        await work(parseNodeCode(data.node), AbortSignal.any([signal, this.#stop.signal]))
      }
    })
  }

  /** Tells work under way to end, waits for that, and leaves. What was not done stays in the queue for others. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#boss.stop({ graceful: true, close: true })
  }
}
