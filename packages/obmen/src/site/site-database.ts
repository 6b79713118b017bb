import type { ChangeStore, ExchangePlan, NodeCode, PlanRules } from '@obmen/exchange'
import type { ForeignLetterMemory } from '@obmen/exchange/mail'
import type { PlanContent, Preparation } from '@obmen/exchange/sqlite'

/** The application's database, of whatever kind, as far as commands have to know it. */
export interface SiteDatabase extends AsyncDisposable {
  isPrepared(): Promise<boolean>
  prepare(plan: ExchangePlan, content: PlanContent): Promise<Preparation>
  openStore(plan: ExchangePlan, rules: PlanRules): Promise<ChangeStore>
  /** The tables that the content includes and that are not prepared. */
  unpreparedTables(content: PlanContent): Promise<readonly string[]>
  readonly foreignLetters: ForeignLetterMemory
  /**
   * Lets one exchange run at a time on the database: two would deliver the same messages twice and clean each other's spool. The
   * lock ends with the process, however that ends. Throws {@link ExchangeRunning}.
   */
  takeExchangeLock(): Promise<HeldLock>
  /** Absent where one process does everything. */
  readonly workers?: WorkerDatabase
}

/** A lock that lasts as long as the connection, or the open file, that holds it. */
export interface HeldLock extends AsyncDisposable {
  /** Aborts when the server has ended that connection: from then on somebody else may have the lock. A file's is never lost. */
  readonly lost: AbortSignal
}

/** A database on which several workers share the nodes. */
export interface WorkerDatabase {
  /** Runs a statement of the queue, or several; gives what `pg` gives. */
  run(text: string, values?: unknown[]): Promise<{ rows: object[] }>
  /** Lets other workers work beside this one, and no single exchange. Throws {@link ExchangeRunning}. */
  join(): Promise<HeldLock>
  /** Lets nobody else exchange with a node; `undefined` when somebody does. */
  takeNode(node: NodeCode): Promise<HeldLock | undefined>
}
