import type { ChangeStore, NodeState, StoreTransaction } from '@obmen/exchange'

import type { Gate } from './gate.ts'

/** What happened in a transaction, in its order. */
export type StoreAct =
  | { readonly kind: 'fold' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'apply' }
  | { readonly kind: 'end day' }
  | { readonly kind: 'save'; readonly node: NodeState }

export interface StoreToGate {
  readonly store: ChangeStore
  /** How often the store failed, and what it did is committed all the same. */
  readonly unheardCommits: () => number
}

/** A store at each call of which the process may die. What a transaction did is told once it is committed. */
export function gatedStore(
  { store, unheardCommits }: StoreToGate,
  gate: Gate,
  onCommit: (acts: readonly StoreAct[]) => void,
): ChangeStore {
  return {
    plan: store.plan,
    async transaction<Result>(
      work: (transaction: StoreTransaction) => Promise<Result>,
    ): Promise<Result> {
      const acts: StoreAct[] = []
      await gate.at('begin', () => undefined)
      const before = unheardCommits()
      let result: Result
      try {
        result = await store.transaction((transaction) =>
          work(gatedTransaction(transaction, gate, acts)),
        )
      } catch (error) {
        if (unheardCommits() > before) onCommit(acts)
        throw error
      }
      onCommit(acts)
      await gate.at('committed', () => undefined)
      return result
    },
    async *readChanges(request) {
      for await (const batch of store.readChanges(request)) {
        await gate.at('read', () => undefined)
        yield batch
      }
    },
    survey: (request) => gate.at('survey', () => store.survey(request)),
    nodes: () => store.nodes(),
    shareOf: (node) => store.shareOf(node),
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
}

function gatedTransaction(
  transaction: StoreTransaction,
  gate: Gate,
  acts: StoreAct[],
): StoreTransaction {
  return {
    keys: transaction.keys,
    nodes: () => transaction.nodes(),
    node: (code) => transaction.node(code),
    saveNode: (node) => {
      acts.push({ kind: 'save', node })
      return gate.at('save node', () => transaction.saveNode(node))
    },
    addNode: (node) => transaction.addNode(node),
    removeNode: (code) => transaction.removeNode(code),
    fold: () => {
      acts.push({ kind: 'fold' })
      return gate.at('fold', () => transaction.fold())
    },
    foldAndRetry: (nowMs) => {
      acts.push({ kind: 'fold' }, { kind: 'retry' })
      return gate.at('fold', () => transaction.foldAndRetry(nowMs))
    },
    attributes: (code) => transaction.attributes(code),
    setAttributes: (code, attributes) => transaction.setAttributes(code, attributes),
    enterUnknown: () => transaction.enterUnknown(),
    differencesWith: (code) => transaction.differencesWith(code),
    saveDifferences: (code, differences) => transaction.saveDifferences(code, differences),
    setAsideOf: (code) => transaction.setAsideOf(code),
    keepSetAsideThere: (there) => {
      return gate.at('keep set aside', () => transaction.keepSetAsideThere(there))
    },
    setAside: (rows) => gate.at('set aside', () => transaction.setAside(rows)),
    takeUp: (rows) => gate.at('take up', () => transaction.takeUp(rows)),
    endDay: (request) => {
      acts.push({ kind: 'end day' })
      return gate.at('end day', () => transaction.endDay(request))
    },
    setInstance: (instance) => transaction.setInstance(instance),
    resolveConflict: (choice, nowMs) => transaction.resolveConflict(choice, nowMs),
    acceptResolutions: (from, resolutions, nowMs) =>
      gate.at('accept resolutions', () => transaction.acceptResolutions(from, resolutions, nowMs)),
    clearConflicts: (beforeMs) => transaction.clearConflicts(beforeMs),
    retryRefused: (nowMs) => transaction.retryRefused(nowMs),
    dropRefused: (row) => transaction.dropRefused(row),
    forgetVia: (code) => gate.at('forget via', () => transaction.forgetVia(code)),
    async beginApplying(sender) {
      acts.push({ kind: 'apply' })
      const applier = await gate.at('begin applying', () => transaction.beginApplying(sender))
      return {
        beginTable: (table) => gate.at('begin table', () => applier.beginTable(table)),
        applyRows: (rows) => gate.at('apply rows', () => applier.applyRows(rows)),
        finish: () => gate.at('finish', () => applier.finish()),
      }
    },
  }
}
