import type { RowId } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import type { CountedBlock, MadeKey } from '../site/table-reader.ts'
import { WorldFailure } from './world-failure.ts'

/** Looks after the keys that databases count: who gave which, and whether it was theirs to give. */
export class KeyWatch {
  readonly #makers = new Map<RowId, number>()
  /** Keys of rows that their nodes have told of. */
  readonly #told = new Set<RowId>()
  /** All blocks that a node ever had. */
  readonly #blocks = new Map<number, Set<number>>()
  /** Nodes that may give a key again: until they have exchanged, or got a block that they never had. */
  readonly #unsure = new Map<number, 'exchange' | 'new block' | 'for ever'>()
  /** Nobody knows any more what was handed out. */
  #areMarksLost = false

  /** A program has made rows, and committed. */
  onMade(site: Site, keys: readonly MadeKey[]): void {
    for (const { id, key, block } of keys) {
      if (block === undefined) continue
      this.#noteBlock(site, block)
      if (key < block.first || key > block.last) {
        const facts = `${id} at ${site.name} is not from ${block.first} to ${block.last}`
        throw new WorldFailure('keys are counted within the block of the node', facts)
      }
      const maker = this.#makers.get(id) ?? site.node
      this.#makers.set(id, maker)
      if (maker !== site.node) {
        // Whoever of the two has told of it.
        if (this.#areMarksLost) continue
        const facts = `${id} was given by node ${maker} and by ${site.name}`
        throw new WorldFailure('no two nodes give one key', facts)
      }
      if (this.#told.has(id) && !this.#unsure.has(site.node)) {
        throw new WorldFailure(
          'a key that others know of is not given again',
          `${id} at ${site.name}`,
        )
      }
    }
  }

  /** Others may know of these rows. */
  onPosted(site: Site, ids: Iterable<RowId>): void {
    for (const id of ids) if (this.#makers.get(id) === site.node) this.#told.add(id)
  }

  /** An exchange has come to its end. */
  onExchanged(site: Site): void {
    const unsure = this.#unsure.get(site.node)
    if (unsure === 'exchange') this.#unsure.delete(site.node)
    for (const block of site.reader.countedBlocks(site.plan.thisNode)) {
      const isNew = this.#noteBlock(site, block)
      if (isNew && unsure === 'new block') this.#unsure.delete(site.node)
    }
  }

  /** Before its next exchange a node counts as it did before. Without the marks in its spool it does so until it gets another block. */
  onRestored({ node }: Site, spool: 'kept' | 'lost'): void {
    if (node === 0 && spool === 'lost') this.#areMarksLost = true
    if (this.#unsure.get(node) === 'for ever') return
    if (spool === 'lost') this.#unsure.set(node, 'new block')
    else if (!this.#unsure.has(node)) this.#unsure.set(node, 'exchange')
  }

  /** Two databases count alike. */
  onCopied({ node }: Site): void {
    this.#unsure.set(node, 'for ever')
    if (node === 0) this.#areMarksLost = true
  }

  /** Gives whether the node never had it. */
  #noteBlock({ node }: Site, { first }: CountedBlock): boolean {
    const blocks = this.#blocks.get(node) ?? new Set()
    this.#blocks.set(node, blocks)
    const isNew = !blocks.has(first)
    blocks.add(first)
    return isNew
  }
}
