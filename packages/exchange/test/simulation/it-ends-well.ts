/** Worlds that failed once, and what makes tests of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { it } from 'node:test'

import type { Story } from '../../simulation/run/run-world.ts'
import type { TableShape, WorldShape } from '../../simulation/world/shape.ts'
import type { Instance, Statement, Step } from '../../simulation/world/step.ts'

// The engine must not be loaded before it is put on simulated disks.
const { runStory } = await import('../../simulation/run/run-world.ts')

/** A test that a story ends as it should. */
export function itEndsWell(name: string, story: Story): void {
  it(name, async () => {
    assert.equal((await runStory(story))?.message, undefined)
  })
}

/** A table with an integer key, and nothing special. */
export function plainTable(special: Partial<TableShape> = {}): TableShape {
  return {
    name: 'goods',
    key: [{ name: 'id', kind: 'integer' }],
    note: 'note',
    isWithoutRowid: false,
    isStrict: false,
    areKeysLast: false,
    ...special,
  }
}

/** A head office and a node that hold one table, with nothing special about them. */
export function plainShape(special: Partial<WorldShape> = {}): WorldShape {
  return {
    codes: ['ЦБ', 'С01'],
    links: [[0, 1]],
    tables: [plainTable()],
    firstRows: [],
    clocksMs: [],
    rules: {
      window: 3,
      resendAfterMs: 86_400_000,
      messageSizeOctets: 10_000,
      keepDeletionsDays: 400,
    },
    policy: 'latest',
    removal: 'at close',
    capacity: 100,
    ...special,
  }
}

/** A program writes one row of the first table, if nothing else is said. */
export function write(
  node: number,
  statement: Pick<Statement, 'serial'> & Partial<Statement>,
  instance: Instance = 'own',
): Step {
  const { key = 0, serial } = statement
  const row = { table: 0, key, otherKey: key, value: serial }
  const statements = [{ verb: 'upsert', ...row, ...statement }] as const
  return { kind: 'write', node, instance, statements, ends: 'commit' }
}

export function exchange(node: number, instance: Instance = 'own'): Step {
  return { kind: 'exchange', node, instance, fates: [] }
}
