import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ConflictPolicy, parseNodeCode, type Value } from '@obmen/exchange'

import {
  type Contest,
  decideConflict,
  isDecidedHere,
  versionAbove,
} from '../../src/plan/conflict.ts'

const OFFICE = parseNodeCode('ЦБ')
const FIRST = parseNodeCode('С01')
const SECOND = parseNodeCode('С02')

function contest(ours: number, theirs: number): Contest {
  const columns = (n: number): ReadonlyMap<string, Value> => new Map([['n', BigInt(n)]])
  return {
    table: 'stock',
    ours: { stamp: ours, origin: OFFICE, columns: columns(1) },
    theirs: { stamp: theirs, origin: FIRST, columns: columns(2) },
  }
}

/** The same conflict as the other node sees it. */
function turned({ table, ours, theirs }: Contest): Contest {
  return { table, ours: theirs, theirs: ours }
}

const AT_OFFICE = { thisNode: OFFICE, sender: FIRST, mainNode: OFFICE }
const AT_FIRST = { thisNode: FIRST, sender: OFFICE, mainNode: OFFICE }

const POLICIES: readonly {
  readonly policy: ConflictPolicy
  readonly verdicts: readonly [older: string, newer: string]
}[] = [
  { policy: { kind: 'latest' }, verdicts: ['theirs', 'ours'] },
  { policy: { kind: 'ours' }, verdicts: ['ours', 'ours'] },
  { policy: { kind: 'theirs' }, verdicts: ['theirs', 'theirs'] },
  { policy: { kind: 'ask' }, verdicts: ['ours', 'ours'] },
  { policy: { kind: 'priority', nodes: [FIRST] }, verdicts: ['theirs', 'theirs'] },
  { policy: { kind: 'priority', nodes: [SECOND, OFFICE] }, verdicts: ['ours', 'ours'] },
  { policy: { kind: 'priority', nodes: [SECOND] }, verdicts: ['theirs', 'ours'] },
  { policy: { kind: 'function', resolve: () => 'theirs' }, verdicts: ['theirs', 'theirs'] },
]

describe('a conflict', () => {
  for (const { policy, verdicts } of POLICIES) {
    it(`ends the same whichever of the two nodes decides it: ${JSON.stringify(policy)}`, () => {
      for (const [index, stamps] of [
        [1, 2],
        [2, 1],
      ].entries()) {
        const seen = contest(stamps[0] ?? 0, stamps[1] ?? 0)

        const here = decideConflict(policy, seen, AT_OFFICE)
        const there = decideConflict(policy, turned(seen), AT_FIRST)

        assert.equal(here, verdicts[index])
        assert.equal(there, here === 'ours' ? 'theirs' : 'ours')
      }
    })
  }

  it('is shown to a function from the side of the deciding node, wherever it runs', () => {
    const shown: unknown[] = []
    const policy: ConflictPolicy = {
      kind: 'function',
      resolve: ({ ours, theirs }) => {
        shown.push([ours?.origin, theirs?.origin])
        return new Map([['n', 3n]])
      },
    }

    const verdicts = [
      decideConflict(policy, contest(1, 2), AT_OFFICE),
      decideConflict(policy, turned(contest(1, 2)), AT_FIRST),
    ]

    assert.deepEqual(shown, [
      ['ЦБ', 'С01'],
      ['ЦБ', 'С01'],
    ])
    assert.deepEqual(verdicts, [new Map([['n', 3n]]), new Map([['n', 3n]])])
  })

  it('is shown to a function without the side that has deleted the row', () => {
    let isMissing = false
    const resolve = ({ theirs }: { readonly theirs: unknown }): 'ours' => {
      isMissing = theirs === undefined
      return 'ours'
    }
    const seen = contest(1, 2)

    decideConflict(
      { kind: 'function', resolve },
      { ...seen, theirs: { ...seen.theirs, columns: undefined } },
      AT_OFFICE,
    )

    assert.equal(isMissing, true)
  })
})

describe('the deciding node', () => {
  it('is the head office, or else the one with the smaller code', () => {
    const between = (thisNode: typeof OFFICE, sender: typeof OFFICE, mainNode?: typeof OFFICE) =>
      isDecidedHere({ thisNode, sender, mainNode })

    assert.deepEqual(
      [
        between(OFFICE, FIRST, OFFICE),
        between(FIRST, OFFICE, OFFICE),
        between(FIRST, SECOND, OFFICE),
        between(SECOND, FIRST),
      ],
      [true, false, true, false],
    )
  })

  it('gives its decision a version above both', () => {
    const [older, newer] = [
      { stamp: 5, origin: FIRST },
      { stamp: 9, origin: SECOND },
    ]

    assert.deepEqual(versionAbove(older, newer, OFFICE), { stamp: 10, origin: OFFICE })
    assert.deepEqual(versionAbove(newer, older, OFFICE), { stamp: 10, origin: OFFICE })
  })
})
