/** What worlds with PostgreSQL have beside the others. */
import type { Random } from '../random/random.ts'
import { isCounted } from '../world/counted-rows.ts'
import { type DatabaseKind, databaseOf, type WorldShape } from '../world/shape.ts'
import type { Statement, Step } from '../world/step.ts'

/** The same world, with at least one of its nodes in PostgreSQL. */
export function inPostgres(shape: WorldShape, random: Random): WorldShape {
  const one = random.below(shape.codes.length)
  const databases = shape.codes.map((_, node): DatabaseKind => {
    const isHere = node === one || random.percent(40)
    return isHere ? random.pick(['postgres', 'postgres', 'owned postgres'] as const) : 'sqlite'
  })
  const tables = shape.tables.map((table, index) => {
    const refers = shape.tables.some(({ parent }) => parent === index)
    // Rows that others refer to can't be taken out for a moment, where foreign keys are at work: then they can't exchange their values.
    if (refers && random.percent(30)) return { ...table, unique: table.unique ?? 'значение' }
    const mayBe = !isCounted(table) && !refers && (table.unique ?? table.parent) === undefined
    return mayBe && random.percent(25) ? { ...table, isPartitioned: true } : table
  })
  return { ...shape, tables, databases }
}

/** Queries of an exchange that has something to do; what lies beyond does not happen. */
const QUERIES_OF_AN_EXCHANGE = 150
const COMMITS_OF_AN_EXCHANGE = 20

/** The same steps, but that connections are lost in some worlds, and programs write to whole tables. */
export function withLosses(
  steps: readonly Step[],
  shape: WorldShape,
  random: Random,
): readonly Step[] {
  const [losses, writes] = [random.stream('losses'), random.stream('whole tables')]
  const mayLose = losses.percent(50)
  return steps.map((step) => {
    if (step.kind === 'write') {
      return { ...step, statements: step.statements.map((one) => toWhole(one, writes)) }
    }
    if (step.kind !== 'exchange' || databaseOf(shape, step.node) === 'sqlite') return step
    if (!mayLose || losses.percent(50)) return step
    const loses = losses.pick(['query', 'answer', 'room', 'answer to COMMIT'] as const)
    const most = loses === 'answer to COMMIT' ? COMMITS_OF_AN_EXCHANGE : QUERIES_OF_AN_EXCHANGE
    return { ...step, loss: { query: 1 + losses.below(most), loses } }
  })
}

function toWhole(statement: Statement, random: Random): Statement {
  const verb = random.weighted<Statement['verb']>([
    { weight: 90, item: statement.verb },
    { weight: 6, item: 'touch all' },
    { weight: 4, item: 'empty' },
  ])
  return { ...statement, verb }
}
