import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { replaceOnce } from '../../simulation/hooks/mutate.ts'
import { hunt } from '../../simulation/mutations/hunt.ts'
import { MUTATIONS } from '../../simulation/mutations/mutations.ts'
import { POSTGRES_MUTATIONS } from '../../simulation/mutations/postgres-mutations.ts'

/** One for each of the rules that are looked at: these are noticed in the first worlds. */
const QUICK = [
  'applies before it folds',
  'removes the letter before the commit',
  'cleans the spool of what is still to be delivered',
  'registers applied rows as changes of its own',
  'tells plans apart by the beginning of their names',
]

describe('an engine that is broken on purpose', () => {
  for (const { name, edits } of [...MUTATIONS, ...POSTGRES_MUTATIONS]) {
    it(`is broken where the text of its mutation stands: ${name}`, () => {
      for (const edit of edits) {
        const source = readFileSync(new URL(`../../src/${edit.file}`, import.meta.url), 'utf8')

        assert.notEqual(replaceOnce(source, edit, name), source)
      }
    })
  }

  for (const mutation of MUTATIONS.filter(({ name }) => QUICK.includes(name))) {
    it(`is noticed at once when it ${mutation.name}`, async () => {
      const { result } = await hunt(mutation, 25)

      assert.equal(result.failures.length, 1)
    })
  }

  it('is not loaded when the text of a mutation is gone', () => {
    const edit = { file: 'a.ts', text: 'x', replacement: 'y' }

    assert.throws(() => replaceOnce('a b', edit, 'does nothing'), /stands 0 times in a\.ts/)
    assert.throws(() => replaceOnce('x x', edit, 'does nothing'), /stands 2 times in a\.ts/)
  })
})
