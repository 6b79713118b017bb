import { hunt } from '../mutations/hunt.ts'
import { MUTATIONS } from '../mutations/mutations.ts'
import { POSTGRES_MUTATIONS } from '../mutations/postgres-mutations.ts'
import type { ServerAddress } from '../postgres/questions.ts'
import type { RunOptions } from './options.ts'

/** Breaks the engine in every known way, one after another, and tells how many worlds it took to notice. Gives the exit code. */
export async function runMutations(
  { names, worlds, processes, server }: RunOptions & { readonly server?: ServerAddress },
  print: (line: string) => void,
): Promise<number> {
  const known = server === undefined ? MUTATIONS : POSTGRES_MUTATIONS
  const chosen = known.filter(({ name }) => names.length === 0 || names.includes(name))
  const waiting = [...chosen]
  let missed = 0
  const work = async (): Promise<void> => {
    for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
      const { result } = await hunt(mutation, worlds, server)
      const [failure] = result.failures
      if (failure === undefined) missed += 1
      const rule = failure === undefined ? 'NOT NOTICED' : failure.rule
      print(`| ${mutation.name} | ${result.worlds} | ${rule} |`)
    }
  }
  await Promise.all(Array.from({ length: Math.max(processes, 1) }, work))
  print(
    `${chosen.length - missed} of ${chosen.length} mutations were noticed within ${worlds} worlds`,
  )
  return missed > 0 ? 1 : 0
}
