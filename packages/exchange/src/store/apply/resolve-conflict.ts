import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { Choice } from '../change-store.ts'
import { ConflictUnknown, RowRefused } from '../errors.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { parseValues } from './conflict-text.ts'
import { OwnVersions } from './own-versions.ts'
import { formatRow, formatValues } from './row-text.ts'
import { RowWriter } from './row-writer.ts'
import { WaitingVersions } from './waiting-versions.ts'

/** A conflict with what is needed to write either version. */
export interface StoredConflict {
  readonly line: TableLine
  readonly key: string
  readonly ours: string | undefined
  readonly theirs: string | undefined
}

/** Where a choice is written. */
export interface ResolvingOptions {
  readonly database: ApplyDatabase
  readonly thisNode: NodeCode
  /** The last position of the change index; logs must have been folded. */
  readonly headSeq: number
  readonly nowMs: number
}

/**
 * Writes the chosen version of a row as a change of this node, above everything the row was so far, and closes the conflict. Gives
 * the last position. Throws {@link ConflictUnknown}, {@link SchemaMismatch} when the table is another one by now, and
 * {@link RowRefused}.
 */
export async function resolveConflict(options: ResolvingOptions, choice: Choice): Promise<number> {
  const { database, thisNode, headSeq, nowMs } = options
  const conflict = await database.conflict(choice.id)
  if (conflict === undefined) throw new ConflictUnknown(choice.id)
  const { line } = conflict
  const target = await database.targetFor(line)
  const chosen = chosenRow(conflict, choice, thisNode)
  const [entry] = await target.entriesOf([chosen])
  const [present] = await target.presentRows([chosen])
  const versions = new OwnVersions(new WaitingVersions(database), thisNode)
  const writer = new RowWriter(versions, headSeq)
  const above = await versions.above({ target, row: chosen }, entry)
  // Of a row that is unknown here another node may still know that it was deleted.
  const forgotten = entry === undefined ? await database.forgottenStamp() : 0
  const stamp = Math.max(nowMs, above.stamp, forgotten + 1)
  const row: RowLine = { ...chosen, stamp, origin: thisNode }
  const arrival = { target, row, via: thisNode, entry }
  if ((present && formatValues(line, present)) === formatRow(line, chosen)) {
    // The choice travels with the row, also when that is so already: the other node may have the conflict on record, too.
    await writer.record([arrival])
  } else {
    const [refused] = await writer.write([arrival])
    if (refused !== undefined) throw new RowRefused(line.table, conflict.key, refused.reason)
  }
  const { headSeq: seq } = writer
  await database.closeConflict(choice.id, { winner: choice.take, nowMs, stamp, seq })
  await database.finish()
  return writer.headSeq
}

function chosenRow(conflict: StoredConflict, { take }: Choice, origin: NodeCode): RowLine {
  const { line, key } = conflict
  const text = conflict[take]
  const values = parseValues(line, text ?? key)
  if (values === undefined) throw new TypeError('a conflict was not kept as it came')
  return { kind: text === undefined ? 'deletion' : 'row', stamp: 0, origin, values }
}
