import type { PostgresClient, PostgresPool } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { DatabaseUnreachable } from '../errors/site-error.ts'

/** Of SQLSTATE: the server is ended, has broken down, or begins. What it says of a single statement or of a login is another matter. */
const SERVER_IS_AWAY: ReadonlySet<unknown> = new Set(['57P01', '57P02', '57P03'])

/** A pool whose connections tell a server that does not answer, or answers no more, from one that says no. */
export function reaching(pool: pg.Pool, address: string): PostgresPool {
  return {
    connect: async (): Promise<PostgresClient> => {
      const client = await orUnreachable(address, () => pool.connect())
      return {
        query: (query) => orUnreachable(address, () => client.query(query)),
        release: (error) => client.release(error),
      }
    },
  }
}

/** Does what needs the server. Rejects with {@link DatabaseUnreachable} when it is not there, or not there any more. */
export async function orUnreachable<Result>(
  address: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw isAnswer(error)
      ? error
      : new DatabaseUnreachable(address, wordsOf(error), { cause: error })
  }
}

/** What a server answers has a severity; what the system and the driver say has none. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error && 'severity' in error)) return false
  return !('code' in error && SERVER_IS_AWAY.has(error.code))
}

/** Of several addresses of one host, the first that was tried speaks for all. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return wordsOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
