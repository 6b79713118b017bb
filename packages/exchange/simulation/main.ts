/** The simulation as a program: `npm run simulate`. */
import './hooks/simulated-disk.ts'

const { readOptions, USAGE } = await import('./run/options.ts')
const { runOne } = await import('./run/one.ts')
const { runMany } = await import('./run/many.ts')
const { runMutations } = await import('./run/mutations.ts')

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const options = readOptions(process.argv.slice(2))
switch (options.kind) {
  case 'help':
    print(USAGE)
    break
  case 'one':
    process.exitCode = await runOne(options, print)
    break
  case 'many':
    process.exitCode = await runMany(options, print)
    break
  case 'mutations':
    process.exitCode = await runMutations(options, print)
    break
}
