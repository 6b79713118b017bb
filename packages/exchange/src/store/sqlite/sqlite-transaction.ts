import type { TableLine } from '../../message/body-lines.ts'
import { NodeAttributeMissing, NodeExists, NodeUnknown } from '../../plan/errors.ts'
import type { ExchangePlan } from '../../plan/exchange-plan.ts'
import { checkAttributes, type NodeAttributes } from '../../plan/node-attributes.ts'
import type { ChosenVersion, SetAside } from '../../plan/message-header.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { NodeState } from '../../plan/node-state.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import { resolveConflict } from '../apply/resolve-conflict.ts'
import { BatchRowApplier } from '../apply/row-applier.ts'
import type {
  ApplySummary,
  Choice,
  RowApplier,
  Sender,
  SetAsideThere,
  StoreTransaction,
  TableDiffers,
  UnsentRow,
} from '../change-store.ts'
import type { Bookkeeping } from '../bookkeeping.ts'
import type { KeyLedger } from '../key-ledger.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import { SqliteApplyDatabase } from './apply-database.ts'
import { readAttributes, writeAttributes } from './attribute-rows.ts'
import { indexName } from './capture.ts'
import { acceptResolutions, clearConflicts } from '../conflict-rows.ts'
import { endDay } from './deletions.ts'
import { readDifferencesWith, writeDifferences } from '../difference-rows.ts'
import { enterUnknown, fold, unfoldedTables } from './fold.ts'
import { SqliteKeyLedger } from './key-ledger.ts'
import { readHeadSeq, writeHeadSeq, writeMeta } from './meta.ts'
import { deleteNode, readNode, readNodeCodes, readNodes, writeNode } from './node-rows.ts'
import { forgetRefused } from './refused-rows.ts'
import { mayRowsFit } from '../rows-that-may-fit.ts'
import { describeConditions } from '../table-rules.ts'
import type { RuledTable } from './ruled-table.ts'
import { offerWaiting, readSetAside, writeSetAsideThere } from '../set-aside-rows.ts'
import { enterHeld, forgetShares, reviseShares, settleHeld } from './share.ts'
import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'
import { forgetChanged, takeUp, writeUnsent } from './unsent-rows.ts'

/** What a transaction works on. */
interface TransactionContent {
  readonly plan: ExchangePlan
  readonly rules: PlanRules
  readonly tables: readonly RuledTable[]
}

/** What is done to a SQLite database in one transaction. */
export class SqliteTransaction implements StoreTransaction {
  readonly keys: KeyLedger
  readonly #database: SqliteDatabase
  readonly #bookkeeping: Bookkeeping
  readonly #plan: ExchangePlan
  readonly #rules: PlanRules
  readonly #tables: readonly RuledTable[]
  /** The nodes as they were read: what has not changed since is not written again. */
  readonly #known = new Map<NodeCode, NodeState>()

  constructor(database: SqliteDatabase, content: TransactionContent) {
    this.#database = database
    this.#bookkeeping = bookkeepingOf(database)
    this.#plan = content.plan
    this.#rules = content.rules
    this.#tables = content.tables
    this.keys = new SqliteKeyLedger(database, {
      tables: content.tables,
      thisNode: content.plan.thisNode,
      mainNode: content.rules.mainNode,
    })
  }

  nodes(): Promise<readonly NodeState[]> {
    return Promise.resolve(readNodes(this.#database))
  }

  node(code: NodeCode): Promise<NodeState> {
    const node = readNode(this.#database, code)
    if (node === undefined) {
      return Promise.reject(new NodeUnknown(code, readNodeCodes(this.#database)))
    }
    this.#known.set(code, node)
    return Promise.resolve(node)
  }

  saveNode(node: NodeState): Promise<void> {
    writeNode(this.#database, node, this.#known.get(node.code))
    this.#known.set(node.code, node)
    return Promise.resolve()
  }

  addNode(node: NodeState): Promise<void> {
    if (readNode(this.#database, node.code) !== undefined) {
      return Promise.reject(new NodeExists(node.code))
    }
    writeNode(this.#database, node)
    return this.forgetVia(node.code)
  }

  removeNode(code: NodeCode): Promise<void> {
    deleteNode(this.#database, code)
    this.#known.delete(code)
    forgetShares(this.#database, this.#tables, code)
    writeAttributes(this.#database, code, new Map())
    return Promise.resolve()
  }

  attributes(code: NodeCode): Promise<NodeAttributes> {
    return Promise.resolve(readAttributes(this.#database, code))
  }

  async setAttributes(code: NodeCode, attributes: NodeAttributes): Promise<void> {
    await this.node(code)
    checkAttributes(attributes)
    writeAttributes(this.#database, code, attributes)
    new Query(this.#database, `UPDATE obmen_meta SET value = '' WHERE name = 'shares'`).run()
  }

  fold(): Promise<number> {
    const headSeq = fold(this.#database, this.#tables, {
      headSeq: readHeadSeq(this.#database),
      origin: this.#plan.thisNode,
    })
    const lastSeq = this.#reviseShares(headSeq)
    writeHeadSeq(this.#database, lastSeq)
    forgetChanged(this.#database, this.#tables)
    return Promise.resolve(lastSeq)
  }

  async foldAndRetry(nowMs: number): Promise<number> {
    const changed = unfoldedTables(this.#database, this.#tables)
    const headSeq = await this.fold()
    if (!(await mayRowsFit(this.#bookkeeping, this.#tables, changed))) return headSeq
    await this.retryRefused(nowMs)
    return readHeadSeq(this.#database)
  }

  /** Only when rules or attributes are others than the last time: it looks at every node. */
  #reviseShares(headSeq: number): number {
    const conditions = describeConditions(this.#tables)
    const known = new Query(this.#database, `SELECT value FROM obmen_meta WHERE name = 'shares'`)
    if (toText(known.first()?.[0]) === conditions) return headSeq
    const lastSeq = reviseShares(this.#database, this.#tables, headSeq)
    const save = new Query(this.#database, `INSERT OR REPLACE INTO obmen_meta VALUES ('shares', ?)`)
    save.run(conditions)
    return lastSeq
  }

  forgetVia(code: NodeCode): Promise<void> {
    for (const table of this.#tables) {
      new Query(this.#database, `UPDATE ${indexName(table)} SET via = '' WHERE via = ?`).run(code)
    }
    return offerWaiting(this.#bookkeeping, code, this.#plan.thisNode)
  }

  /** A row that came from a node is there: should it be changed here before the next message to the node, it may leave its share. */
  async #noteWhatItHas(node: NodeCode, applier: BatchRowApplier): Promise<number> {
    const { headSeq } = applier
    if (this.#tables.every(({ condition }) => condition === undefined)) return headSeq
    const waiting = await applier.waitingRows()
    try {
      return settleHeld(this.#database, this.#tables, { node, headSeq, waiting })
    } catch (error) {
      // Then it is worked out when the attribute is there: see reviseShares.
      if (!(error instanceof NodeAttributeMissing)) throw error
      return headSeq
    }
  }

  /** Where a rule gives nodes parts of the table; without one, nobody has to know who has what. */
  #heldTable({ table: name, keyLength }: TableLine): RuledTable | undefined {
    const table = this.#tables.find((known) => known.name === name)
    return table?.condition !== undefined && table.key.length === keyLength ? table : undefined
  }

  enterUnknown(): Promise<void> {
    const at = { headSeq: readHeadSeq(this.#database), origin: this.#plan.thisNode }
    writeHeadSeq(this.#database, enterUnknown(this.#database, this.#tables, at))
    return Promise.resolve()
  }

  setAsideOf(code: NodeCode): Promise<SetAside | undefined> {
    return readSetAside(this.#bookkeeping, code)
  }

  keepSetAsideThere(there: SetAsideThere): Promise<void> {
    return writeSetAsideThere(this.#bookkeeping, there)
  }

  differencesWith(code: NodeCode): Promise<readonly TableDiffers[]> {
    return readDifferencesWith(this.#bookkeeping, code)
  }

  saveDifferences(code: NodeCode, differences: readonly TableDiffers[]): Promise<void> {
    return writeDifferences(this.#bookkeeping, code, differences)
  }

  setAside(rows: readonly UnsentRow[]): Promise<void> {
    writeUnsent(this.#database, rows)
    return Promise.resolve()
  }

  takeUp(rows: readonly UnsentRow[]): Promise<void> {
    const headSeq = readHeadSeq(this.#database)
    writeHeadSeq(this.#database, takeUp(this.#database, this.#tables, { rows, headSeq }))
    return Promise.resolve()
  }

  endDay(request: { readonly nowMs: number; readonly keepDays: number }): Promise<number> {
    return Promise.resolve(endDay(this.#database, this.#tables, request))
  }

  setInstance(instance: string): Promise<void> {
    writeMeta(this.#database, 'instance', instance)
    return Promise.resolve()
  }

  async resolveConflict(choice: Choice, nowMs: number): Promise<void> {
    const { thisNode } = this.#plan
    const headSeq = readHeadSeq(this.#database)
    const options = { database: this.#applyDatabase(), thisNode, headSeq, nowMs }
    writeHeadSeq(this.#database, await resolveConflict(options, choice))
  }

  acceptResolutions(
    from: NodeCode,
    resolutions: readonly ChosenVersion[],
    nowMs: number,
  ): Promise<void> {
    return acceptResolutions(this.#bookkeeping, from, { resolutions, nowMs })
  }

  clearConflicts(beforeMs: number): Promise<number> {
    return clearConflicts(this.#bookkeeping, beforeMs)
  }

  async retryRefused(nowMs: number): Promise<ApplySummary> {
    // Nothing comes with it, so it does not matter who sends. What makes a deletion possible may come with the next message.
    const { thisNode: code } = this.#plan
    const applier = this.#applier({ code, acknowledgedSeq: 0, hasMore: true, nowMs })
    const summary = await applier.finish()
    writeHeadSeq(this.#database, applier.headSeq)
    return summary
  }

  dropRefused({ table, key }: { readonly table: string; readonly key: string }): Promise<boolean> {
    return Promise.resolve(forgetRefused(this.#database, table, key))
  }

  #applyDatabase(): SqliteApplyDatabase {
    const { thisNode } = this.#plan
    return new SqliteApplyDatabase(this.#database, {
      tables: this.#tables,
      thisNode,
      rules: this.#rules,
    })
  }

  #applier(sender: Sender): BatchRowApplier {
    return new BatchRowApplier({
      database: this.#applyDatabase(),
      thisNode: this.#plan.thisNode,
      sender,
      rules: this.#rules,
      headSeq: readHeadSeq(this.#database),
    })
  }

  beginApplying(sender: Sender): Promise<RowApplier> {
    const applier = this.#applier(sender)
    const { code: node } = sender
    let table: RuledTable | undefined
    return Promise.resolve({
      beginTable: (line) => {
        table = this.#heldTable(line)
        return applier.beginTable(line)
      },
      applyRows: (rows) => {
        if (table !== undefined) enterHeld(this.#database, { table, node }, rows)
        return applier.applyRows(rows)
      },
      finish: async () => {
        const summary = await applier.finish()
        writeHeadSeq(this.#database, await this.#noteWhatItHas(node, applier))
        return summary
      },
    })
  }
}
