import { applyingContract } from '../contract/applying.ts'
import { capturingContract } from '../contract/capturing.ts'
import { comparingContract } from '../contract/comparing.ts'
import { decidingContract } from '../contract/deciding.ts'
import { departingContract } from '../contract/departing.ts'
import { handingKeysContract } from '../contract/handing-keys.ts'
import { keepingContract } from '../contract/keeping.ts'
import { readingContract } from '../contract/reading.ts'
import { sharingContract } from '../contract/sharing.ts'
import type { OpenDatabase } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const open: OpenDatabase = async (schema, rules) => {
  const { node } = await prepareIn(pool, schema, rules === undefined ? {} : { rules })
  return node
}

capturingContract(open)
applyingContract(open)
keepingContract(open)
sharingContract(open)
readingContract(open)
comparingContract(open)
decidingContract(open)
departingContract(open)
handingKeysContract(open, { counted: 'id serial PRIMARY KEY', uncounted: 'id INTEGER PRIMARY KEY' })
