/** A piece of lines that a database has joined: what both databases go by when they read rows so. */
import { parseNodeCode } from '../plan/node-code.ts'
import type { ChangeLines } from './change-store.ts'

/** A longer line is left to who reads row by row, and looks at the size of each: so a piece can always be held. */
export const MAX_LINE_OCTETS: number = 16 * 1024

/** What a function of either database takes by default, without the three values that come before those of the row. */
export const MAX_COLUMNS = 97

/** What a database says of the next rows. */
export interface LinePiece {
  readonly rowCount: number
  /** Those of them that are in the lines. */
  readonly plainCount: number
  readonly lastSeq: number
  /** The least and the greatest code of a node that rows came from. */
  readonly vias: readonly [string, string]
  readonly octets: Uint8Array
}

/** The piece as it goes into a message; `undefined` when its rows have to be read one by one. A single row has no advantage of lines. */
export function toChangeLines(piece: LinePiece): ChangeLines | undefined {
  const { rowCount, plainCount, lastSeq, octets } = piece
  const [via, lastVia] = piece.vias
  if (rowCount < 2 || plainCount !== rowCount || via !== lastVia) return undefined
  return { via: via === '' ? '' : parseNodeCode(via), rowCount, lastSeq, octets }
}
