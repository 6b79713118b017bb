/**
 * The engine broken on purpose, each time in one way that somebody could break it by mistake. The simulation has to notice each of them;
 * where one goes unnoticed, the world lacks a fault or the model a rule.
 */
import { APPLYING_MUTATIONS } from './applying-mutations.ts'
import { CHANGE_INDEX_MUTATIONS } from './change-index-mutations.ts'
import { COMPARISON_MUTATIONS } from './comparison-mutations.ts'
import { KEY_BLOCK_MUTATIONS } from './key-block-mutations.ts'
import { LETTER_MUTATIONS } from './letter-mutations.ts'
import { NUMBERING_MUTATIONS } from './numbering-mutations.ts'
import type { Mutation } from './mutation.ts'

export const MUTATIONS: readonly Mutation[] = [
  ...CHANGE_INDEX_MUTATIONS,
  ...NUMBERING_MUTATIONS,
  ...APPLYING_MUTATIONS,
  ...COMPARISON_MUTATIONS,
  ...LETTER_MUTATIONS,
  ...KEY_BLOCK_MUTATIONS,
]
