import { join } from 'node:path'

import { exchange, type ExchangeContext, findWork, type NodeCode } from '@obmen/exchange'
import { type MailWatch, TIMED_WATCH } from '@obmen/exchange/mail'

import { type Bounds, parseCount } from '../config/units.ts'
import type { NodeQueue } from '../daemon/node-queue.ts'
import { EXIT } from '../errors/exit-code.ts'
import { knowError } from '../errors/known-error.ts'
import { WorkersNeedPostgresql } from '../errors/site-error.ts'
import { Progress } from '../output/progress.ts'
import type { Site } from '../site/open-site.ts'
import type { HeldLock, WorkerDatabase } from '../site/site-database.ts'
import type { Command, Invocation } from './command.ts'
import { siteOf } from './configuration.ts'
import { contextOf } from './exchange.ts'
import { ExchangeWatch } from './exchange-watch.ts'
import { reportExchange } from './exchange-report.ts'
import { isWorthTelling, readEvery } from './exchange-loop.ts'
import { LoginPace } from './login-pace.ts'
import { watchMailbox } from './mailbox-watch.ts'
import { openTransport } from './open-transport.ts'
import { warnOfUnprepared } from './unprepared-tables.ts'
import { tellIfOver, tellTrouble } from './tell-trouble.ts'
import { ToldBefore } from './told-before.ts'
import { workHelp } from './work-help.ts'

/** Each takes three connections of the hundred that PostgreSQL has by default. */
const WORKERS: Bounds = { lowest: 1, highest: 16 }

/** Exchanges for good, sharing the nodes with other processes that do the same on the same database. */
export const workCommand: Command = {
  name: 'work',
  help: workHelp,
  arguments: [],
  options: { workers: { type: 'string' }, every: { type: 'string' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options } = invocation
    const count = parseCount(options.text('workers') ?? '2', WORKERS)
    const everyMs = readEvery(invocation)
    await using site = await siteOf(invocation, { workers: count })
    const { workers } = site.database
    if (workers === undefined) throw new WorkersNeedPostgresql()
    await warnOfUnprepared(invocation, site)
    await using membership = await Membership.of(workers)
    const shift = new Shift(invocation, { ...site, workers }, everyMs)
    // The queue takes a quarter of a second to load, which no other command needs to wait for.
    const { NodeQueue: Queue } = await import('../daemon/node-queue.ts')
    await using queue = await Queue.open({
      run: (text, values) => workers.run(text, values),
      plan: site.config.plan.name,
      onError: (error) => shift.tellOfQueue(error),
    })
    await queue.work({ count, work: (node, signal) => shift.workOn(node, signal) })
    const watch = await watchMailbox(invocation, site.config)
    try {
      while (!io.interruption().aborted) {
        await shift.offerWork(queue, membership)
        if (!io.interruption().aborted) await shift.untilNext(watch, everyMs)
      }
      return EXIT.ok
    } finally {
      await watch.close()
    }
  },
}

interface SharedSite extends Omit<Site, typeof Symbol.asyncDispose> {
  readonly workers: WorkerDatabase
}

/** That this process is one of the workers, and no single exchange runs beside them. The server forgets it when it is started anew. */
class Membership implements AsyncDisposable {
  readonly #workers: WorkerDatabase
  #lock: HeldLock

  private constructor(workers: WorkerDatabase, lock: HeldLock) {
    this.#workers = workers
    this.#lock = lock
  }

  static async of(workers: WorkerDatabase): Promise<Membership> {
    return new Membership(workers, await workers.join())
  }

  async renew(): Promise<void> {
    if (!this.#lock.lost.aborted) return
    const lost = this.#lock
    this.#lock = await this.#workers.join()
    await lost[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#lock[Symbol.asyncDispose]()
  }
}

/** What one search for work, or the work on one node, works with. */
interface Turn {
  readonly spoolFolder: string
  readonly signal: AbortSignal
  readonly told: ToldBefore
}

/** What the workers of this process do. Nothing of it rejects: what goes wrong is told, and comes to its turn again. */
class Shift {
  readonly #invocation: Invocation
  readonly #site: SharedSite
  readonly #pace: LoginPace
  /** Of the search for work, and of the queue. */
  readonly #told: ToldBefore
  /** Of the work on each node. */
  readonly #toldOf = new Map<NodeCode, ToldBefore>()

  constructor(invocation: Invocation, site: SharedSite, everyMs: number) {
    this.#invocation = invocation
    this.#site = site
    this.#pace = new LoginPace(everyMs)
    this.#told = this.#newMemory()
  }

  async offerWork(queue: NodeQueue, membership: Membership): Promise<void> {
    const { config } = this.#site
    const signal = this.#invocation.io.interruption()
    try {
      await membership.renew()
      const look = { spoolFolder: config.spoolFolder, signal, told: this.#told }
      const nodes = await this.#with(look, (context) => findWork(context))
      await queue.offer(nodes)
      this.#pace.take([])
    } catch (error) {
      const known = knowError(error)
      this.#pace.take([known])
      tellTrouble(this.#invocation, known, this.#told)
    }
    tellIfOver(this.#invocation, this.#told)
  }

  async untilNext(watch: MailWatch, everyMs: number): Promise<void> {
    const signal = this.#invocation.io.interruption()
    if (this.#pace.isRefused) {
      // To watch the mailbox is to log in; it is opened anew later, with the password that is there then.
      await watch.close()
      return TIMED_WATCH.next(this.#pace.waitMs, signal)
    }
    try {
      await watch.next(everyMs, signal)
    } catch (error) {
      tellTrouble(this.#invocation, knowError(error), this.#told)
      // A server that has refused a login locks it when it is tried again and again.
      await TIMED_WATCH.next(everyMs, signal)
    }
  }

  tellOfQueue(error: Error): void {
    tellTrouble(this.#invocation, knowError(error), this.#told)
  }

  async workOn(node: NodeCode, signal: AbortSignal): Promise<void> {
    const told = this.#toldOf.get(node) ?? this.#newMemory()
    this.#toldOf.set(node, told)
    try {
      await using lock = await this.#site.workers.takeNode(node)
      // A worker that was taken for dead may still be at it; the node comes to its turn again.
      if (lock === undefined) return
      const spoolFolder = this.#spoolOf(node)
      const either = AbortSignal.any([signal, lock.lost])
      const results = await this.#with({ spoolFolder, signal: either, told }, (context) =>
        exchange(context, [node]),
      )
      if (isWorthTelling(this.#invocation, results, told)) {
        reportExchange(this.#invocation, results, spoolFolder)
      }
    } catch (error) {
      tellTrouble(this.#invocation, knowError(error), told)
    }
    tellIfOver(this.#invocation, told, node)
  }

  #newMemory(): ToldBefore {
    return new ToldBefore(() => this.#invocation.io.now())
  }

  /** Each node has a spool of its own: who has the node, has its spool. What lies in that of another machine is offered again. */
  #spoolOf(node: NodeCode): string {
    return join(this.#site.config.spoolFolder, `node-${Buffer.from(node).toString('hex')}`)
  }

  /** Each has a store and a transport of its own: neither is made for calls side by side. */
  async #with<Result>(
    { spoolFolder, signal, told }: Turn,
    work: (context: ExchangeContext) => Promise<Result>,
  ): Promise<Result> {
    const { config, database } = this.#site
    const { io, messages } = this.#invocation
    const store = await database.openStore(config.plan, config.rules)
    const watch = new ExchangeWatch(new Progress({ ...io, isTerminal: false }), messages, {
      spoolFolder,
      told,
    })
    const site = { ...this.#site, store }
    const transport = openTransport(this.#invocation, site, {
      log: (line) => watch.note(line),
      onConnect: (phase) => watch.connectingToSend(config.send.url, phase),
      signal,
    })
    try {
      const context = contextOf(this.#invocation, site, { transport, signal, watch })
      return await work({ ...context, spoolFolder, keysFolder: config.spoolFolder })
    } finally {
      watch.end()
      await transport.close()
    }
  }
}
