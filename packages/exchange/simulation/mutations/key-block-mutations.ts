/** Breakages of blocks of keys: two nodes give one, or none is left. */
import { type Mutation, one } from './mutation.ts'

const KEYS = 'session/key-blocks.ts'

export const KEY_BLOCK_MUTATIONS: readonly Mutation[] = [
  one('hands out again what was handed out before it was restored', {
    file: KEYS,
    text: `nextBlock(wasRestored ? Math.max(known, mark) : known, rule, limit)`,
    replacement: `nextBlock(mark < 0 ? mark : known, rule, limit)`,
  }),
  one('keeps no record of a block that it hands out', {
    file: KEYS,
    text: `    await keys.addBlock(name, node, block)\n`,
    replacement: ``,
  }),
  one('counts on in a block after it was restored', {
    file: KEYS,
    text: `first: Math.max(block.first, told + 1) }`,
    replacement: `first: Math.max(block.first, 0 * told) }`,
  }),
  one('does not go on in the block that it got', {
    file: 'store/sqlite/key-ledger.ts',
    text: `if (this.#used(table) < first - 1) this.#setUsed(table, first - 1)`,
    replacement: `if (this.#used(table) < 0) this.#setUsed(table, first - 1)`,
  }),
  one('counts on behind the end of a block', {
    file: 'store/sqlite/key-guard.ts',
    text: `BEGIN SELECT RAISE(ABORT,`,
    replacement: `BEGIN SELECT coalesce('',`,
  }),
  one('sets no mark before it hands out blocks', {
    file: KEYS,
    text: `      await this.#marks.set('handed', name, through)\n`,
    replacement: ``,
  }),
  one('sets no mark of the keys that it tells of', {
    file: KEYS,
    text: `      await this.#marks.set('used', table.table, table.used)\n`,
    replacement: ``,
  }),
  one('looks at no rows when it hands out a block', {
    file: KEYS,
    text: `Math.max(await keys.highest(table.table), table.used, table.greatest, own.used)`,
    replacement: `own.used`,
  }),
  one('takes a block for whole that a node has counted past before it came', {
    file: 'plan/key-blocks.ts',
    text: `return keysLeft(newest, { ...report, greatest }) === 0`,
    replacement: `return greatest < 0`,
  }),
]
