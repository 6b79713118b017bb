import type { Random } from '../random/random.ts'
import type { DatabaseKind, WorldShape } from '../world/shape.ts'

/** The same world, with at least one of its nodes in PostgreSQL. */
export function inPostgres(shape: WorldShape, random: Random): WorldShape {
  const one = random.below(shape.codes.length)
  const databases = shape.codes.map((_, node): DatabaseKind => {
    return node === one || random.percent(40) ? 'postgres' : 'sqlite'
  })
  return { ...shape, databases }
}
