import { describe, it } from 'node:test'

import fc from 'fast-check'

import { type Fate, ModelWorld, type Step, type Topology } from './model-world.ts'

const PAIR: Topology = [[0, 1]]
const STAR: Topology = [
  [0, 1],
  [0, 2],
]
const TRIANGLE: Topology = [
  [0, 1],
  [0, 2],
  [1, 2],
]

const fate: fc.Arbitrary<Fate> = fc.record({
  verdict: fc.oneof(
    { weight: 6, arbitrary: fc.constant('taken' as const) },
    { weight: 2, arbitrary: fc.constantFrom('deferred', 'unknown', 'refused') },
  ),
  delays: fc.array(fc.oneof(fc.constant(0), fc.nat(15), fc.nat(200)), { maxLength: 3 }),
  isDamaged: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
  hasHint: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
})

const node = fc.nat(2)

const write: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('write'),
  node,
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  deletes: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
})

const exchange: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('exchange'),
  node,
  fates: fc.array(fate, { maxLength: 4 }),
  rowBound: fc.integer({ min: 1, max: 5 }),
})

const wait: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('wait'),
  ms: fc.oneof(fc.nat(10), fc.nat(100)),
})

const faults: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 5, arbitrary: write },
  { weight: 8, arbitrary: exchange },
  { weight: 2, arbitrary: wait },
]

const restores: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('back-up'), node }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restore'), node, withSpool: fc.boolean() }),
  },
]

const topology = fc.constantFrom(PAIR, PAIR, STAR, TRIANGLE)
const clocks = fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 3, maxLength: 3 })

/** Set by a long run outside of the suite. */
const numRuns = Number(process.env['OBMEN_WORLDS'] ?? 300)

describe('nodes', () => {
  it('end with the same rows whatever the mail loses, doubles, delays, reorders or damages', () => {
    const steps = fc.array(fc.oneof(...faults), { minLength: 5, maxLength: 60, size: 'max' })
    const property = fc.property(topology, clocks, steps, (nodes, skews, schedule) => {
      const world = new ModelWorld(nodes, skews)

      world.run(schedule)
      world.heal()

      world.checkConvergence()
    })
    fc.assert(property, { numRuns })
  })

  it('end with the same rows although one of them was restored from a backup', () => {
    const steps = fc.array(fc.oneof(...faults, ...restores), {
      minLength: 5,
      maxLength: 60,
      size: 'max',
    })
    const property = fc.property(topology, steps, node, (nodes, schedule, last) => {
      const world = new ModelWorld(nodes)

      world.run(schedule)
      world.stir(last)
      world.heal()

      world.checkConvergence()
    })
    fc.assert(property, { numRuns })
  })
})
