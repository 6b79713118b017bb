/** A breakage of the engine: a text of one of its sources, and what stands there instead. */
export interface Edit {
  /** Below `packages/exchange/src/`. */
  readonly file: string
  /** Must be found exactly once. */
  readonly text: string
  readonly replacement: string
}

export interface Mutation {
  /** What the engine does wrong. */
  readonly name: string
  readonly edits: readonly Edit[]
}

/** A breakage in one place. */
export function one(name: string, edit: Mutation['edits'][number]): Mutation {
  return { name, edits: [edit] }
}
