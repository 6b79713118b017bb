import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { formatChosen, readAllChosen } from '../../src/message/chosen-lines.ts'
import { MessageDamaged } from '../../src/message/errors.ts'

const CHOSEN = { table: 'Orders', key: '[7]', take: 'theirs', stamp: 5 } as const

describe('what a header says of decided conflicts', () => {
  it('is read back', () => {
    assert.deepEqual(formatChosen(CHOSEN), ['Orders', '[7]', 'theirs', 5])
    assert.deepEqual(readAllChosen([formatChosen(CHOSEN)]), [CHOSEN])
    assert.equal(readAllChosen(undefined), undefined)
  })

  it('is more than anybody says in one message: damaged', () => {
    const choices = Array.from({ length: 20_000 }, () => formatChosen(CHOSEN))

    assert.throws(() => readAllChosen(choices), MessageDamaged)
  })

  for (const json of [1, [1], [['Orders', '[7]', 'mine', 5]], [['Orders', '[7]', 'ours', 1.5]]]) {
    it(`is no ${JSON.stringify(json)}`, () => {
      assert.throws(() => readAllChosen(json), MessageDamaged)
    })
  }
})
