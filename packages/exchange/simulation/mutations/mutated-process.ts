/** A process that runs worlds with a mutation of the engine. */
import '../hooks/simulated-disk.ts'

import { mutate } from '../hooks/mutate.ts'
import { MUTATIONS } from './mutations.ts'
import { POSTGRES_MUTATIONS } from './postgres-mutations.ts'

const [name] = process.argv.slice(2)
const mutation = [...MUTATIONS, ...POSTGRES_MUTATIONS].find((candidate) => candidate.name === name)
if (mutation === undefined) throw new RangeError(`there is no mutation "${name ?? ''}"`)
mutate(mutation)

await import('../run/batch-process.ts')
