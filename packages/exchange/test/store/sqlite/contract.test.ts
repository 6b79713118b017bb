import { type OpenDatabase, StoreToTry } from '../contract/store-to-try.ts'
import { applyingContract } from '../contract/applying.ts'
import { capturingContract } from '../contract/capturing.ts'
import { readingContract } from '../contract/reading.ts'
import { PreparedDatabase } from './prepared-database.ts'

const open: OpenDatabase = (schema) => {
  const node = new PreparedDatabase(schema)
  return Promise.resolve(
    new StoreToTry({
      store: node.store,
      sql: (statements) => Promise.resolve(node.sql(statements)),
      rows: (query) => Promise.resolve(node.rows(query).map((row) => row.map(String))),
      checkCapture: () => Promise.resolve(node.store.checkCapture()),
    }),
  )
}

capturingContract(open)
applyingContract(open)
readingContract(open)
