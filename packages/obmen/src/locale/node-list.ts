/** So many nodes can be told apart on a screen. */
const MAX_NODES_SHOWN = 10

/** Codes of nodes on one line, and how many there was no room for. */
export function shownNodes(codes: readonly string[]): {
  readonly shown: string
  readonly hidden: number
} {
  const shown = codes.slice(0, MAX_NODES_SHOWN)
  return { shown: shown.join(', '), hidden: codes.length - shown.length }
}
