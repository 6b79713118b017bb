/** A process with one mutation: runs worlds until one of them fails, and tells its parent which. */
import '../hooks/simulated-disk.ts'

import { mutate } from '../hooks/mutate.ts'
import { MUTATIONS } from './mutations.ts'

const [name, worlds] = process.argv.slice(2)
const mutation = MUTATIONS.find((candidate) => candidate.name === name)
if (mutation === undefined) throw new RangeError(`there is no mutation "${name ?? ''}"`)
mutate(mutation)

const { runBatch } = await import('../run/batch.ts')

process.send?.(await runBatch({ from: 1, to: 1 + Number(worlds), story: {} }, 1))
process.disconnect()
