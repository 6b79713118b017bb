/** What happens in a world, one thing after another. Each step is whole in itself: any of them can be left out, and the others still mean what they mean. */

/** A statement of a program that knows nothing of an exchange. */
export interface Statement {
  readonly verb:
    | 'insert'
    | 'ignore'
    | 'upsert'
    | 'replace'
    | 'update'
    | 'evict'
    | 'delete'
    | 'rekey'
    /** All rows of the table. */
    | 'touch all'
    /** All rows go: TRUNCATE, where there is one. */
    | 'empty'
  readonly table: number
  /** Keys by number, see {@link keyValues}. */
  readonly key: number
  readonly otherKey: number
  /** Makes the row different from all others. */
  readonly serial: number
  /** The unique value, by number. */
  readonly value: number
}

/** What becomes of a letter that is handed in. */
export interface Fate {
  readonly verdict: 'taken' | 'deferred' | 'refused' | 'unknown, taken' | 'unknown, lost'
  /** For each copy: after how long it arrives. None: it is lost. */
  readonly delaysMs: readonly number[]
  readonly damage: 'none' | 'truncated' | 'altered'
  readonly hint: 'kept' | 'stripped'
}

/** What happens at the n-th call of a port during an exchange. */
export interface Mishap {
  readonly call: number
  readonly kind: 'dies before' | 'dies after' | 'fails'
}

/**
 * The connection to the database is lost at the n-th query of an exchange, before it comes there or with its answer; or the server has no room
 * for what it was asked, and the connection stays; or it is lost with the answer of the n-th COMMIT. The process goes on.
 */
export interface ConnectionLoss {
  readonly query: number
  readonly loses: 'query' | 'answer' | 'room' | 'answer to COMMIT'
}

export type Forgery = 'noise' | 'empty' | 'other number' | 'other node' | 'too new'

/** Letters that are none of the exchange's. */
export type StrangeKind =
  | 'personal'
  | 'answer'
  | 'other prefix'
  | 'no prefix'
  | 'no attachment'
  | 'other attachments'
  | 'attachment of another'
  | 'other plan'
  | 'other node'
  | 'unreadable name'

/** Which database of a node: the node's own, or a copy that somebody runs beside it. */
export type Instance = 'own' | 'copy'

export type Step =
  | {
      readonly kind: 'write'
      readonly node: number
      readonly instance: Instance
      readonly statements: readonly Statement[]
      readonly ends: 'commit' | 'rollback'
    }
  | {
      readonly kind: 'exchange'
      readonly node: number
      readonly instance: Instance
      readonly fates: readonly Fate[]
      readonly mishap?: Mishap
      readonly loss?: ConnectionLoss
    }
  | { readonly kind: 'wait'; readonly ms: number }
  /** The letters lie in another order. */
  | { readonly kind: 'shuffle'; readonly by: number }
  | { readonly kind: 'lose'; readonly letter: number }
  | { readonly kind: 'forge'; readonly letter: number; readonly forgery: Forgery }
  /** A letter comes that is none of the exchange's, and may resemble one that is. */
  | { readonly kind: 'strange letter'; readonly letter: number; readonly strange: StrangeKind }
  /** The mail server takes nothing for so long. */
  | { readonly kind: 'refuse'; readonly ms: number }
  | { readonly kind: 'clock'; readonly node: number; readonly byMs: number }
  | { readonly kind: 'back up'; readonly node: number }
  | { readonly kind: 'restore'; readonly node: number; readonly spool: 'kept' | 'lost' }
  /** A copy of the node's database begins to run beside it, until {@link Step} `end copy`. */
  | { readonly kind: 'copy'; readonly node: number }
  | { readonly kind: 'end copy'; readonly node: number }
  /** The head office gives the node another part of the first table. */
  | { readonly kind: 'zone'; readonly node: number; readonly zone: string }
  /** The application at a node gets a column more in its first table; the others follow when the world heals. */
  | { readonly kind: 'add column'; readonly node: number }
  /** The node is taken out of a peer's plan and added again. */
  | { readonly kind: 're-add'; readonly node: number; readonly peer: number }
  /** The disk has no room for more than this many pages beside those in use, until the world heals. */
  | { readonly kind: 'disk'; readonly node: number; readonly freePages: number | undefined }
