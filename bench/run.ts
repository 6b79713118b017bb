/**
 * Measures this workspace, and beside it what others send letters with.
 *
 *     npm run bench                                 everything, as tables
 *     npm run bench -- exchange                     100,000 rows from a head office to a warehouse, and a thousand nodes
 *     npm run bench -- exchange --rows 1000000      another number of rows
 *     npm run bench -- postgres                     the same number of rows between two PostgreSQL databases
 *     npm run bench -- mail                         letters: composing, sending, reading and receiving, beside the peers
 *     npm run bench -- --json                       all figures as one JSON document
 *
 * Whatever is measured is a process of its own. The figures are of one run: repeat it on a quiet machine before you compare.
 */
import { parseArgs } from 'node:util'

import { measureExchange } from './exchange/measure.ts'
import { measurePostgres } from './exchange/postgres.ts'
import { formatSection, type Section } from './mail/figures.ts'
import { measureMail } from './mail/measure.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
})

/** Each runs, and shows its figures as they come. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  exchange: () => showAll(measureExchange(Number(values.rows))),
  postgres: () => showAll(measurePostgres(Number(values.rows))),
  mail: () => showAll(measureMail()),
}

const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name))
if (unknown.length > 0) {
  throw new RangeError(
    `nothing is measured as ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}`,
  )
}
const figures: Record<string, unknown> = {}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length === 0 || positionals.includes(name)) figures[name] = await bench()
}
if (values.json) console.log(JSON.stringify(figures, undefined, 2))

async function showAll(sections: AsyncIterable<Section>): Promise<readonly Section[]> {
  const all: Section[] = []
  for await (const section of sections) {
    show(formatSection(section))
    all.push(section)
  }
  return all
}

function show(text: string): void {
  if (!values.json) console.log(`${text}\n`)
}
