/** Worlds that failed once, and what makes tests of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { it } from 'node:test'

import type { Story } from '../../simulation/run/run-world.ts'
import type { TableShape, WorldShape } from '../../simulation/world/shape.ts'
import type { Instance, Statement, Step } from '../../simulation/world/step.ts'
import { DAY_MS } from '../../simulation/world/times.ts'

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

const THREE = ['ЦБ', 'С01', 'С02'] as const

/** A head office with two nodes. */
export const STAR: Pick<WorldShape, 'codes' | 'links'> = {
  codes: THREE,
  links: [
    [0, 1],
    [0, 2],
  ],
}

/** The second node has the first one between itself and the head office. */
export const CHAIN: Pick<WorldShape, 'codes' | 'links'> = {
  codes: THREE,
  links: [
    [0, 1],
    [1, 2],
  ],
}

/** Each of the three exchanges with both others. */
export const RING: Pick<WorldShape, 'codes' | 'links'> = {
  codes: THREE,
  links: [
    [0, 1],
    [1, 2],
    [0, 2],
  ],
}

/** Rules of an exchange with nothing special about them. */
export function plainRules(special: Partial<WorldShape['rules']> = {}): WorldShape['rules'] {
  return {
    window: 3,
    resendAfterMs: DAY_MS,
    messageSizeOctets: 10_000,
    keepDeletionsDays: 400,
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
    rules: plainRules(),
    policy: 'latest',
    removal: 'at close',
    capacity: 100,
    ...special,
  }
}

type Row = Pick<Statement, 'serial'> & Partial<Statement>

/** A program writes one row of the first table, if nothing else is said. */
export function write(node: number, statement: Row, instance: Instance = 'own'): Step {
  return { ...writeAll(node, statement), instance }
}

/** A program writes several rows in one transaction. */
export function writeAll(node: number, ...rows: readonly Row[]): Step & { readonly kind: 'write' } {
  const statements = rows.map((row): Statement => {
    const { key = 0, serial } = row
    return { verb: 'upsert', table: 0, key, otherKey: key, value: serial, ...row }
  })
  return { kind: 'write', node, instance: 'own', statements, ends: 'commit' }
}

export function exchange(node: number, instance: Instance = 'own'): Step {
  return { kind: 'exchange', node, instance, fates: [] }
}
