import type { PlanContent } from '@obmen/exchange/sqlite'

import { type OpenDatabase, StoreToTry } from '../contract/store-to-try.ts'
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
import { PreparedDatabase } from './prepared-database.ts'

const openWith =
  (content: PlanContent): OpenDatabase =>
  (schema, rules) => {
    const node = new PreparedDatabase(schema, { content, ...(rules !== undefined && { rules }) })
    return Promise.resolve(
      new StoreToTry({
        store: node.store,
        sql: (statements) => Promise.resolve(node.sql(statements)),
        rows: (query) => Promise.resolve(node.rows(query).map((row) => row.map(String))),
        checkCapture: () => Promise.resolve(node.store.checkCapture()),
      }),
    )
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
handingKeysContract(open, {
  counted: 'id INTEGER PRIMARY KEY AUTOINCREMENT',
  uncounted: 'id INTEGER PRIMARY KEY',
})
keepingBackContract(openWith({ kind: 'only', tables: ['goods', 'parts'] }), {
  schema: `CREATE TABLE gone (code TEXT CHECK (code <> 'stays'));
    CREATE TRIGGER guard AFTER DELETE ON goods BEGIN INSERT INTO gone VALUES (OLD.code); END;`,
  removal: 'DROP TRIGGER guard',
  reason: /stays/,
})
