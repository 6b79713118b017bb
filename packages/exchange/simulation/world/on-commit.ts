/** What a transaction of the engine did, once it is committed: the model does the same, and what holds of each of them is looked at. */
import type { NodeState } from '@obmen/exchange'

import type { LetterContent } from '../model/letter-rows.ts'
import { compareStates, type RowId, type RowState } from '../model/row-state.ts'
import type { StoreAct } from '../site/gated-store.ts'
import type { Site } from '../site/site.ts'
import { appliedRows } from './applied-rows.ts'
import { checkProgress, waitingAt } from './checks.ts'
import { oneWayBy, tableNumber, type WorldShape } from './shape.ts'
import type { World } from './world.ts'
import { WorldFailure } from './world-failure.ts'

/** From here on it is so. */
export function onCommit(world: World, site: Site, acts: readonly StoreAct[]): void {
  for (const act of acts) {
    if (act.kind === 'save') {
      onSaved(site, act.node)
      continue
    }
    if (act.kind !== 'fold' || site.model.pending.size > 0) site.hasChanged = true
    if (act.kind === 'fold') site.model.fold((id) => stampOfEvicted(world.shape, site, id))
    else if (act.kind === 'retry') onRetried(world, site)
    else if (act.kind === 'apply') onApplied(world, site)
  }
}

/** The time of a row's version, where rows may give way to others, or went with TRUNCATE. */
function stampOfEvicted({ tables }: WorldShape, site: Site, id: RowId): number | undefined {
  const number = tableNumber(id)
  const hasUnique = tables[number]?.unique !== undefined
  const mayDiffer = hasUnique || site.model.truncated.has(number)
  return mayDiffer ? site.reader.index().get(id)?.stamp : undefined
}

function onApplied(world: World, site: Site): void {
  const { shape, isWidened } = world
  const { content, isFalse = true } = site.fetched ?? {}
  if (content === undefined || isFalse) {
    throw new WorldFailure('only whole messages are applied', `at ${site.name}`)
  }
  if (site.model.pending.size > 0) {
    const facts = `${site.model.pending.size} changes at ${site.name}`
    throw new WorldFailure('changes have versions before a message is applied', facts)
  }
  const { uuid } = content
  if (site.applied.has(uuid)) throw new WorldFailure('nothing is applied twice', `at ${site.name}`)
  site.applied.add(uuid)
  const taken = { ...content, rows: takenRows(shape, site, content) }
  const before = new Set(site.model.held.keys())
  const { from, epoch } = content
  const nameOf = (id: RowId, { stamp, origin }: RowState): string =>
    JSON.stringify([from, epoch.counter, epoch.random, id, stamp, origin])
  // What has left a node's part and comes back is told anew, whatever version it has.
  const isExact = shape.zones === undefined && world.disturbed.size === 0
  const occasion = {
    sender: content.from,
    mayMerge: isWidened,
    hasForgotten: (id: RowId, deletion: RowState) =>
      mayHaveForgotten(world, { sender: content.from, id, deletion }),
    wasTold: (id: RowId, state: RowState) => isExact && site.told.has(nameOf(id, state)),
  }
  site.model.apply(taken, appliedRows(site, shape, occasion))
  for (const [id, state] of taken.rows) site.told.add(nameOf(id, state))
  if (shape.isStrict !== true || content.hasMore) return
  const added = [...site.model.held.keys()].find((id) => !before.has(id))
  if (added === undefined) return
  throw new WorldFailure('a strict plan sets nothing aside', `${added} at ${site.name}`)
}

/** What waits may have found its place, and nothing came with it. */
function onRetried({ shape, isWidened }: World, site: Site): void {
  const { model, plan } = site
  if (waitingAt(model).size === 0) return
  const nothing = { from: plan.thisNode, rows: new Map(), departures: new Map() }
  const occasion = {
    sender: plan.thisNode,
    mayMerge: isWidened,
    hasForgotten: () => false,
    wasTold: () => false,
  }
  model.apply(nothing, appliedRows(site, shape, occasion))
}

/**
 * Of who was restored, or runs twice, nobody knows what it ever knew; a deletion that a node can't take yet is as if it did not know it, and so is one in a
 * table of which the head office takes nothing, whatever it acknowledges.
 */
function mayHaveForgotten(
  { sites, disturbed, shape }: World,
  {
    sender,
    id,
    deletion,
  }: { readonly sender: string; readonly id: RowId; readonly deletion: RowState },
): boolean {
  const model = sites.find(({ plan }) => plan.thisNode === sender)?.model
  if (model === undefined || disturbed.size > 0 || model.held.has(id)) return true
  if (oneWayBy(shape, id) === 'office') return true
  const forgotten = model.purged.get(id)
  return forgotten !== undefined && compareStates(forgotten, deletion) >= 0
}

/** The head office takes no rows of tables that only it writes. */
function takenRows(shape: WorldShape, site: Site, { rows }: LetterContent): LetterContent['rows'] {
  if (site.node > 0) return rows
  return new Map([...rows].filter(([id]) => oneWayBy(shape, id) !== 'office'))
}

function onSaved(site: Site, state: NodeState): void {
  const before = site.states.get(state.code)
  if (before !== undefined) checkProgress(site, before, state)
  site.states.set(state.code, state)
}
