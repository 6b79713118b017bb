import type { PostgresContent } from '@obmen/exchange/postgres'

import { applyingContract } from '../contract/applying.ts'
import { capturingContract } from '../contract/capturing.ts'
import { comparingContract } from '../contract/comparing.ts'
import { decidingContract } from '../contract/deciding.ts'
import { departingContract } from '../contract/departing.ts'
import { handingKeysContract } from '../contract/handing-keys.ts'
import { keepingBackContract } from '../contract/keeping-back.ts'
import { keepingContract } from '../contract/keeping.ts'
import { readingContract } from '../contract/reading.ts'
import { retryingContract } from '../contract/retrying.ts'
import { sharingContract } from '../contract/sharing.ts'
import type { OpenDatabase } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const openWith =
  (content: PostgresContent): OpenDatabase =>
  async (schema, rules) => {
    const options = { content, ...(rules !== undefined && { rules }) }
    const { node } = await prepareIn(pool, schema, options)
    return node
  }

const open = openWith({ kind: 'all' })

capturingContract(open)
applyingContract(open)
keepingContract(open)
sharingContract(open)
readingContract(open)
comparingContract(open)
decidingContract(open)
departingContract(open)
retryingContract(open)
handingKeysContract(open, { counted: 'id serial PRIMARY KEY', uncounted: 'id INTEGER PRIMARY KEY' })
/** What a trigger does that keeps rows from being deleted. */
for (const { keeps, reason } of [
  { keeps: `RAISE EXCEPTION 'it stays'`, reason: /stays/ },
  { keeps: 'RETURN NULL', reason: /^the row was not written: .*skipped it$/ },
]) {
  keepingBackContract(openWith({ kind: 'only', tables: ['goods', 'parts'] }), {
    schema: `
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.code = 'stays' THEN ${keeps}; END IF;
          RETURN OLD;
        END $$;
      CREATE TRIGGER guard BEFORE DELETE ON goods FOR EACH ROW EXECUTE FUNCTION keep();
      ALTER TABLE goods ENABLE ALWAYS TRIGGER guard;`,
    removal: 'DROP TRIGGER guard ON goods',
    reason,
  })
}
