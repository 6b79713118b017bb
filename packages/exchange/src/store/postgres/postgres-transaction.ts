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
import { PostgresApplyDatabase } from './apply-database.ts'
import { readAttributes, writeAttributes } from './attribute-rows.ts'
import { indexName } from './capture.ts'
import { acceptResolutions, clearConflicts } from '../conflict-rows.ts'
import { endDay } from './deletions.ts'
import { readDifferencesWith, writeDifferences } from '../difference-rows.ts'
import { enterUnknown, fold, unfoldedTables } from './fold.ts'
import { PostgresKeyLedger } from './key-ledger.ts'
import { readHeadSeq, readMetaValue, writeHeadSeq, writeMeta } from './meta.ts'
import { deleteNode, readNode, readNodeCodes, readNodes, writeNode } from './node-rows.ts'
import type { Connection } from './postgres-database.ts'
import { mayRowsFit } from '../rows-that-may-fit.ts'
import { describeConditions } from '../table-rules.ts'
import type { RuledTable } from './ruled-table.ts'
import { offerWaiting, readSetAside, writeSetAsideThere } from '../set-aside-rows.ts'
import { enterHeld, forgetShares, reviseShares, settleHeld } from './share.ts'
import { forgetChanged, takeUp, writeUnsent } from './unsent-rows.ts'
import { forgetWaiting } from './waiting-rows.ts'

/** The plan's rules, and what PostgreSQL alone has to be told. */
export interface PostgresRules extends PlanRules {
  /**
   * What becomes of the application's own triggers while a message is applied. `suspended`, the default: they don't fire. `fire`: they
   * do, and what they change is a change of this node. See docs/decisions/012-postgresql.md.
   */
  readonly triggers?: 'suspended' | 'fire'
}

/** What a transaction works on. */
interface TransactionContent {
  readonly plan: ExchangePlan
  readonly rules: PostgresRules
  readonly tables: readonly RuledTable[]
}

/** What is done to a PostgreSQL database in one transaction, under the lock of the store. */
export class PostgresTransaction implements StoreTransaction {
  readonly keys: KeyLedger
  readonly #connection: Connection
  readonly #bookkeeping: Bookkeeping
  readonly #content: TransactionContent
  /** The nodes as they were read: what has not changed since is not written again. */
  readonly #known = new Map<NodeCode, NodeState>()

  constructor(connection: Connection, content: TransactionContent) {
    this.#connection = connection
    this.#bookkeeping = bookkeepingOf(connection)
    this.#content = content
    const { tables, plan, rules } = content
    const { mainNode } = rules
    this.keys = new PostgresKeyLedger(connection, { tables, thisNode: plan.thisNode, mainNode })
  }

  nodes(): Promise<readonly NodeState[]> {
    return readNodes(this.#connection)
  }

  async node(code: NodeCode): Promise<NodeState> {
    const node = await readNode(this.#connection, code)
    if (node === undefined) throw new NodeUnknown(code, await readNodeCodes(this.#connection))
    this.#known.set(code, node)
    return node
  }

  async saveNode(node: NodeState): Promise<void> {
    await writeNode(this.#connection, node, this.#known.get(node.code))
    this.#known.set(node.code, node)
  }

  async addNode(node: NodeState): Promise<void> {
    const known = await readNode(this.#connection, node.code)
    if (known !== undefined) throw new NodeExists(node.code)
    await writeNode(this.#connection, node)
    await this.forgetVia(node.code)
  }

  async removeNode(code: NodeCode): Promise<void> {
    this.#known.delete(code)
    await forgetShares(this.#connection, this.#content.tables, code)
    await deleteNode(this.#connection, code)
  }

  attributes(code: NodeCode): Promise<NodeAttributes> {
    return readAttributes(this.#connection, code)
  }

  async setAttributes(code: NodeCode, attributes: NodeAttributes): Promise<void> {
    await this.node(code)
    checkAttributes(attributes)
    await writeAttributes(this.#connection, code, attributes)
    await writeMeta(this.#connection, 'shares', '')
  }

  async fold(): Promise<number> {
    const headSeq = await readHeadSeq(this.#connection)
    const { tables, plan } = this.#content
    const folded = await fold(this.#connection, tables, { headSeq, origin: plan.thisNode })
    const lastSeq = await this.#reviseShares(folded)
    await forgetChanged(this.#connection, tables)
    if (lastSeq > headSeq) await writeHeadSeq(this.#connection, lastSeq)
    return lastSeq
  }

  async foldAndRetry(nowMs: number): Promise<number> {
    const { tables } = this.#content
    const changed = await unfoldedTables(this.#connection, tables)
    const headSeq = await this.fold()
    if (!(await mayRowsFit(this.#bookkeeping, tables, changed))) return headSeq
    await this.retryRefused(nowMs)
    return readHeadSeq(this.#connection)
  }

  /** Only when rules or attributes are others than the last time: it looks at every node. */
  async #reviseShares(headSeq: number): Promise<number> {
    const { tables } = this.#content
    const conditions = describeConditions(tables)
    if ((await readMetaValue(this.#connection, 'shares')) === conditions) return headSeq
    const lastSeq = await reviseShares(this.#connection, tables, headSeq)
    await writeMeta(this.#connection, 'shares', conditions)
    return lastSeq
  }

  async forgetVia(code: NodeCode): Promise<void> {
    for (const table of this.#content.tables) {
      await this.#connection.run(`UPDATE ${indexName(table)} SET via = '' WHERE via = $1`, code)
    }
    await offerWaiting(this.#bookkeeping, code, this.#content.plan.thisNode)
  }

  /** A row that came from a node is there: should it be changed here before the next message to the node, it may leave its share. */
  async #noteWhatItHas(node: NodeCode, applier: BatchRowApplier): Promise<number> {
    const { headSeq } = applier
    const { tables } = this.#content
    if (tables.every(({ condition }) => condition === undefined)) return headSeq
    const waiting = await applier.waitingRows()
    try {
      return await settleHeld(this.#connection, tables, { node, headSeq, waiting })
    } catch (error) {
      // Then it is worked out when the attribute is there: see reviseShares.
      if (!(error instanceof NodeAttributeMissing)) throw error
      return headSeq
    }
  }

  /** Where a rule gives nodes parts of the table; without one, nobody has to know who has what. */
  #heldTable({ table: name, keyLength }: TableLine): RuledTable | undefined {
    const table = this.#content.tables.find((known) => known.name === name)
    return table?.condition !== undefined && table.key.length === keyLength ? table : undefined
  }

  async resolveConflict(choice: Choice, nowMs: number): Promise<void> {
    const { thisNode } = this.#content.plan
    const headSeq = await readHeadSeq(this.#connection)
    const options = { database: await this.#applyDatabase(), thisNode, headSeq, nowMs }
    await writeHeadSeq(this.#connection, await resolveConflict(options, choice))
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
    const { thisNode: code } = this.#content.plan
    const applier = await this.#applier({ code, acknowledgedSeq: 0, hasMore: true, nowMs })
    const summary = await applier.finish()
    await writeHeadSeq(this.#connection, applier.headSeq)
    return summary
  }

  dropRefused({ table, key }: { readonly table: string; readonly key: string }): Promise<boolean> {
    return forgetWaiting(this.#connection, table, key)
  }

  async enterUnknown(): Promise<void> {
    const { tables, plan } = this.#content
    const at = { headSeq: await readHeadSeq(this.#connection), origin: plan.thisNode }
    await writeHeadSeq(this.#connection, await enterUnknown(this.#connection, tables, at))
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
    return writeUnsent(this.#connection, rows)
  }

  async takeUp(rows: readonly UnsentRow[]): Promise<void> {
    const headSeq = await readHeadSeq(this.#connection)
    const lastSeq = await takeUp(this.#connection, this.#content.tables, { rows, headSeq })
    await writeHeadSeq(this.#connection, lastSeq)
  }

  endDay(request: { readonly nowMs: number; readonly keepDays: number }): Promise<number> {
    return endDay(this.#connection, this.#content.tables, request)
  }

  setInstance(instance: string): Promise<void> {
    return writeMeta(this.#connection, 'instance', instance)
  }

  #applyDatabase(): Promise<PostgresApplyDatabase> {
    const { tables, plan, rules } = this.#content
    const { thisNode } = plan
    const triggers = rules.triggers ?? 'suspended'
    return PostgresApplyDatabase.begin(this.#connection, { tables, thisNode, rules, triggers })
  }

  async #applier(sender: Sender): Promise<BatchRowApplier> {
    const { plan, rules } = this.#content
    return new BatchRowApplier({
      database: await this.#applyDatabase(),
      thisNode: plan.thisNode,
      sender,
      rules,
      headSeq: await readHeadSeq(this.#connection),
    })
  }

  async beginApplying(sender: Sender): Promise<RowApplier> {
    const applier = await this.#applier(sender)
    const { code: node } = sender
    let table: RuledTable | undefined
    return {
      batchRows: applier.batchRows,
      beginTable: (line) => {
        table = this.#heldTable(line)
        return applier.beginTable(line)
      },
      applyRows: async (rows) => {
        if (table !== undefined) await enterHeld(this.#connection, { table, node }, rows)
        await applier.applyRows(rows)
      },
      finish: async () => {
        const summary = await applier.finish()
        await writeHeadSeq(this.#connection, await this.#noteWhatItHas(node, applier))
        return summary
      },
    }
  }
}
