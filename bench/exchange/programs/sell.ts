/** The application at the head office of a large exchange: writes rows in one transaction. Knows nothing of the exchange. */
import { openSite } from '../site.ts'
import { INSERT, makeRow } from '../trade.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)
const { database, context } = await openSite(folder, { code: 'ЦБ', peers: ['С01'] })
const insert = database.prepare(INSERT)
database.exec('BEGIN')
for (let no = 0; no < Number(rowsText); no += 1) insert.run(...makeRow(no))
database.exec('COMMIT')
await context.transport.close()
console.log('{}')
