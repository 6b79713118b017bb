/** What becomes of the pieces of a content. */
export interface ContentUse {
  /**
   * `false`: nobody looks at a piece any more once the next is asked for, so the same array may be filled again. Otherwise pieces are passed on, and must
   * not be changed.
   */
  readonly keepsPieces: boolean
}
