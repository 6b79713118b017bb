/**
 * What one database must hold. It knows what its programs wrote, when changes got their versions, and what letters said: nothing of how
 * an exchange works.
 */
import type { LetterContent } from './letter-rows.ts'
import { tableNumber } from '../world/shape.ts'
import { compareStates, type RowId, type RowState } from './row-state.ts'

/** What counts of a letter when its rows are applied. */
type AppliedLetter = Pick<LetterContent, 'from' | 'rows' | 'departures'>

/** What is seen of a database after a message was applied. */
export interface AppliedRows {
  /** The database holds the row back. */
  isHeld(id: RowId, state: RowState): boolean
  /** The row is no longer the node's share, and waits to go because another one refers to it. */
  isLeaving(id: RowId, state: RowState): boolean
  /** The plan's policy made a version of its own of two that met. What waited before was decided then. */
  decision(
    id: RowId,
    meeting: { readonly own: RowState; readonly theirs: RowState },
    waited: RowState | undefined,
  ): RowState | undefined
  /** There is no row, and no word of it. */
  isGone(id: RowId): boolean
  /** What waited meets the row that is here before what the letter says; otherwise it is tried when everything that came was. */
  comesFirst(id: RowId, waited: RowState, told: RowState): boolean
}

/** When a program wrote, and whether TRUNCATE took away what is missing since. */
interface Writing {
  readonly atMs: number
  readonly isTruncate?: boolean
}

/** A row that is no longer the node's share, and waits to go because others refer to it. */
interface Leaving {
  readonly state: RowState
  /** Who said so. */
  readonly from: string
}

/** On what occasion a version meets the one that is here. */
interface Occasion {
  readonly letter: AppliedLetter
  readonly database: AppliedRows
  /** What the database held back of the row before. */
  readonly waited: RowState | undefined
}

export class SiteModel {
  readonly code: string
  /** Each row's newest version here. */
  readonly rows: Map<RowId, RowState>
  /** What the tables hold, by row: also what has no version yet. */
  readonly present: Map<RowId, string>
  /** When rows without a version were changed last. */
  readonly pending: Map<RowId, number>
  /** When programs wrote since changes got their versions. */
  readonly times: number[]
  /** Newer versions that the database refuses. */
  readonly held: Map<RowId, RowState>
  /** Rows that are no longer the node's share, and that others refer to. */
  readonly leaving: Map<RowId, Leaving>
  /** From whom a row's version came; nobody, when it was made here. */
  readonly sources: Map<RowId, string>
  /** What is known no more: deletions that were old enough, and rows that left the node's share. */
  readonly forgotten: Map<RowId, RowState>
  /** Of these the deletions. */
  readonly purged: Map<RowId, RowState>
  /** Tables that were emptied with TRUNCATE since: that says nothing of rows that came before it and have no version. */
  readonly truncated: Set<number>
  /** Versions made here. */
  readonly made: Map<RowId, RowState>
  /** The time of the newest deletion that was forgotten: others may know of it yet. */
  forgottenAt: number

  constructor(code: string, from?: SiteModel) {
    this.code = code
    this.rows = new Map(from?.rows)
    this.present = new Map(from?.present)
    this.pending = new Map(from?.pending)
    this.times = [...(from?.times ?? [])]
    this.truncated = new Set(from?.truncated)
    this.held = new Map(from?.held)
    this.leaving = new Map(from?.leaving)
    this.sources = new Map(from?.sources)
    this.forgotten = new Map(from?.forgotten)
    this.purged = new Map(from?.purged)
    this.made = new Map(from?.made)
    this.forgottenAt = from?.forgottenAt ?? 0
  }

  /** The same knowledge once more, for a backup. */
  copy(): SiteModel {
    return new SiteModel(this.code, this)
  }

  /** Rows that are there when the exchange begins give way to everything that is written later. */
  begin(present: ReadonlyMap<RowId, string>): void {
    for (const [id, text] of present) {
      this.present.set(id, text)
      this.#make(id, { stamp: 0, origin: this.code, text })
    }
  }

  /** A program has changed the tables to what they are now. TRUNCATE says nothing of a row that no version says to be there. */
  write(now: ReadonlyMap<RowId, string>, { atMs, isTruncate = false }: Writing): void {
    this.times.push(atMs)
    for (const id of new Set([...this.present.keys(), ...now.keys()])) {
      const text = now.get(id)
      if (text === this.present.get(id)) continue
      const before = this.pending.get(id)
      const isUntold = isTruncate && this.rows.get(id)?.text === undefined
      this.pending.set(id, isUntold ? (before ?? atMs) : Math.max(atMs, before ?? 0))
      if (text === undefined) this.present.delete(id)
      else this.present.set(id, text)
    }
  }

  /**
   * What was changed since the last time gets a version: later than the clock says when the row was ahead of the clock. A row that gave way to another one has
   * the time of some write: where the clock went back in between, it is looked up of which, or whether that was before all that the row had; so it is of rows that
   * went with TRUNCATE.
   */
  fold(stampOf: (id: RowId) => number | undefined): void {
    const { times } = this
    const wentBack = times.some((atMs, index) => atMs < (times[index - 1] ?? atMs))
    for (const [id, atMs] of this.pending) {
      const before = this.rows.get(id)?.stamp ?? this.forgottenAt
      const isUnsure = wentBack || this.truncated.has(tableNumber(id))
      const found = isUnsure ? stampOf(id) : undefined
      const isTime = times.some((time) => Math.max(time, before + 1) === found)
      const stamp = isTime && found !== undefined ? found : Math.max(atMs, before + 1)
      this.#make(id, { stamp, origin: this.code, text: this.present.get(id) })
    }
    this.pending.clear()
    this.truncated.clear()
    times.length = 0
  }

  /** The rows of a letter were applied, where the database did not do otherwise for a reason. */
  apply(letter: AppliedLetter, database: AppliedRows): void {
    // What waits, and is no newer than what left the node's share, goes with it, also where the row that is here stays.
    for (const [id, state] of letter.departures) {
      const waiting = this.held.get(id)
      if (waiting !== undefined && compareStates({ ...waiting, text: state.text }, state) <= 0)
        this.held.delete(id)
    }
    for (const [id, { from }] of this.leaving) {
      // Its sender names it again: it is the node's share after all.
      if (from === letter.from && letter.rows.get(id)?.text !== undefined) this.leaving.delete(id)
    }
    for (const id of new Set([...letter.rows.keys(), ...this.held.keys()])) {
      const held = this.held.get(id)
      // Of a letter that came twice, what waits since the first time is not what the second one tells.
      const waited = held && { ...held }
      this.held.delete(id)
      const told = letter.rows.get(id)
      const isFirst =
        waited !== undefined && told !== undefined && database.comesFirst(id, waited, told)
      const inTurn = isFirst ? [waited, told] : [told, waited]
      const candidates = inTurn.filter((state) => state !== undefined)
      for (const state of candidates) this.#meet(id, state, { letter, database, waited })
    }
    for (const [id, state] of letter.departures) {
      const before = this.leaving.get(id)?.state
      if (before !== undefined && compareStates(before, state) > 0) continue
      this.leaving.set(id, { state, from: letter.from })
    }
    for (const [id, { state }] of this.leaving) this.#leave(id, state, database)
  }

  #leave(id: RowId, state: RowState, database: AppliedRows): void {
    const own = this.rows.get(id)
    // A row that was changed since stays.
    const isChanged = own !== undefined && compareStates(own, { ...state, text: own.text }) > 0
    const isGone = !isChanged && database.isGone(id)
    const waiting = this.held.get(id)
    const isNewer =
      waiting !== undefined && compareStates({ ...waiting, text: state.text }, state) > 0
    if (!isNewer && (isGone || database.isLeaving(id, state))) this.held.delete(id)
    if (!isGone && !isChanged && !isNewer && database.isLeaving(id, state)) return
    this.leaving.delete(id)
    if (!isGone) return
    this.rows.delete(id)
    this.present.delete(id)
    this.made.delete(id)
    this.forgotten.set(id, state)
  }

  #meet(id: RowId, state: RowState, { letter, database, waited }: Occasion): void {
    const own = this.rows.get(id)
    const newest = this.held.get(id)
    if (newest !== undefined && compareStates(newest, state) >= 0) return
    // What waited, and is older than what is here, was decided when it came.
    const isOld =
      own !== undefined &&
      letter.rows.get(id) !== state &&
      compareStates({ ...own, text: state.text }, state) > 0
    const decision =
      own && !isOld ? database.decision(id, { own, theirs: state }, waited) : undefined
    if (decision !== undefined) {
      if (database.isHeld(id, decision)) this.held.set(id, decision)
      else this.#take(id, decision, '')
      this.made.set(id, decision)
    } else if (own === undefined || compareStates(state, own) > 0) {
      if (database.isHeld(id, state)) this.held.set(id, state)
      else
        this.#take(
          id,
          state,
          this.#sourceOf(state, { letter, isNews: letter.rows.get(id) === state }),
        )
    }
  }

  /** That a row was deleted is known no more: it is as if the row had never been. Afterwards an older deletion of another node may come, and go the same way. */
  forget(id: RowId, state: RowState): void {
    this.rows.delete(id)
    for (const known of [this.forgotten, this.purged]) {
      const before = known.get(id)
      if (before === undefined || compareStates(before, state) < 0) known.set(id, state)
    }
    this.forgottenAt = Math.max(this.forgottenAt, state.stamp)
  }

  /** A deletion that was made here, forgotten, and comes back counts as made here: it is told to everybody. */
  #sourceOf(
    { origin, text }: RowState,
    { letter, isNews }: { readonly letter: AppliedLetter; readonly isNews: boolean },
  ): string {
    const isOwnDeletion = origin === this.code && text === undefined
    return isNews && !isOwnDeletion ? letter.from : ''
  }

  #take(id: RowId, state: RowState, source: string): void {
    this.rows.set(id, state)
    this.sources.set(id, source)
    if (state.text === undefined) this.present.delete(id)
    else this.present.set(id, state.text)
  }

  #make(id: RowId, state: RowState): void {
    this.rows.set(id, state)
    this.sources.delete(id)
    this.made.set(id, state)
  }
}
