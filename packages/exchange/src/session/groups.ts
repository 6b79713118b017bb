import type { NodeCode } from '../plan/node-code.ts'

/** Nodes that get the same rows next. */
export interface Group {
  /** A text that is equal for nodes with an equal share. */
  readonly share: string
  readonly afterSeq: number
  readonly throughSeq: number
  readonly codes: readonly NodeCode[]
  /** Between these two positions: where messages ended that told some of these nodes the same rows before. */
  readonly toldBefore: readonly number[]
}

/** The groups that have still to be served. Those that come to be alike become one. */
export class Groups {
  readonly #groups = new Map<string, Group>()

  add(group: Group): void {
    const { share, afterSeq, throughSeq, codes } = group
    const key = JSON.stringify([share, afterSeq, throughSeq])
    const before = this.#groups.get(key)
    const toldBefore = [...new Set([...(before?.toldBefore ?? []), ...group.toldBefore])]
    this.#groups.set(key, {
      ...group,
      codes: [...(before?.codes ?? []), ...codes],
      toldBefore: toldBefore.filter((seq) => seq > afterSeq).toSorted((a, b) => a - b),
    })
  }

  /** Takes one after another, those too that are added meanwhile. Those that are furthest behind come first, so that they catch up with others. */
  *takeAll(): Generator<Group, void, void> {
    while (this.#groups.size > 0) {
      const [first] = [...this.#groups].toSorted(([, a], [, b]) => a.afterSeq - b.afterSeq)
      if (first === undefined) return
      this.#groups.delete(first[0])
      yield first[1]
    }
  }
}

/** So many nodes are recorded in one transaction, and so many letters may be doubled when the process dies. */
const NODES_AT_A_TIME = 100

export function* inChunks(codes: readonly NodeCode[]): Generator<readonly NodeCode[], void, void> {
  for (let begin = 0; begin < codes.length; begin += NODES_AT_A_TIME) {
    yield codes.slice(begin, begin + NODES_AT_A_TIME)
  }
}
