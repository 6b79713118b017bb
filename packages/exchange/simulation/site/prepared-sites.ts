import { DatabaseSync } from 'node:sqlite'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { type ChangeStore, newNodeState, parseNodeCode } from '@obmen/exchange'
import { openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'

import { rulesOf, ZONE } from '../world/rules.ts'
import { databaseOf, peersOf, type WorldShape } from '../world/shape.ts'
import type { Statement } from '../world/step.ts'
import { createStatement, toSql, triggerStatements } from '../world/tables.ts'
import { planOf } from './plan-of.ts'
import type { DatabaseImage } from './site-database.ts'
import { SqliteImage } from './sqlite-database.ts'

/** The many worlds of one process have few schemas: each database is prepared once. Most of its pages are empty: compressed it is a fortieth. */
const prepared = new Map<string, Uint8Array>()

/** More than the shapes of a hundred thousand worlds take; it ends what a run without end would pile up. */
const MAX_IMAGES = 20_000

/** Above the serial numbers that steps draw; even, so that no node refuses the row. */
const FIRST_SERIAL = 1_000_000

/** The database of a node that has joined the plan, with its first rows, and knows its peers. */
export async function prepareSite(shape: WorldShape, node: number): Promise<DatabaseImage> {
  if (databaseOf(shape, node) !== 'sqlite') {
    // Worlds without PostgreSQL don't load what works with it.
    const { prepareInPostgres } = await import('../postgres/prepared-postgres.ts')
    return prepareInPostgres(shape, node)
  }
  const peers = peersOf(shape, node).map((peer) => shape.codes[peer])
  // Policies leave no trace in a database; of shares, only the head office keeps account.
  const zones = node === 0 ? shape.zones : undefined
  const code = shape.codes[node]
  const key = JSON.stringify([
    shape.plan,
    shape.tables,
    shape.firstRows[node],
    code,
    peers,
    node,
    zones,
  ])
  const known = prepared.get(key)
  if (known !== undefined) return new SqliteImage(zstdDecompressSync(known))
  if (prepared.size >= MAX_IMAGES) prepared.clear()
  const octets = await prepareAnew(shape, node)
  prepared.set(key, zstdCompressSync(octets))
  return new SqliteImage(octets)
}

async function prepareAnew(shape: WorldShape, node: number): Promise<Uint8Array> {
  const database = new DatabaseSync(':memory:')
  try {
    for (const table of shape.tables) {
      database.exec(createStatement(shape.tables, table, node))
      for (const trigger of triggerStatements(table)) database.exec(trigger)
    }
    for (const statement of firstStatements(shape, node)) {
      database.exec(toSql(shape, statement, node))
    }
    const plan = planOf(shape, node)
    prepareSqlite(database, plan, { kind: 'all' })
    const store = openSqliteStore(database, plan, rulesOf(shape, node))
    for (const peer of peersOf(shape, node)) await addPeer(store, shape, peer)
    return database.serialize()
  } finally {
    database.close()
  }
}

/** What is entered before the exchange begins. */
export function firstStatements({ firstRows }: WorldShape, node: number): readonly Statement[] {
  return (firstRows[node] ?? []).map((key) => {
    const serial = FIRST_SERIAL + 2 * (node * 10 + key)
    return { verb: 'insert', table: 0, key, otherKey: key, serial, value: 10 * node + key }
  })
}

/** Adds a node to a plan, with what the plan's rules ask of it. */
export function addPeer(store: ChangeStore, shape: WorldShape, peer: number): Promise<void> {
  const code = parseNodeCode(shape.codes[peer] ?? '')
  return store.transaction(async (transaction) => {
    await transaction.addNode(newNodeState(code))
    const zone = shape.zones?.[peer]
    if (zone !== undefined) await transaction.setAttributes(code, new Map([[ZONE, zone]]))
  })
}
