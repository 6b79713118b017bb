/**
 * What tests of an exchange need: a mailbox in memory.
 *
 * @module
 */
export type { Fate, PostedLetter } from './testing/post-office.ts'
export { PostOffice } from './testing/post-office.ts'
