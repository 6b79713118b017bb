import { fileURLToPath } from 'node:url'

import { ambientWorld } from './tidy/ambient-world.ts'
import { budgets } from './tidy/budgets.ts'
import { consoleOutput } from './tidy/console-output.ts'
import { drawerNames } from './tidy/drawer-names.ts'
import { duplicateTestNames } from './tidy/duplicate-test-names.ts'
import { givenUpChecks } from './tidy/given-up-checks.ts'
import { importDirections } from './tidy/import-directions.ts'
import { leftovers } from './tidy/leftovers.ts'
import { limitReasons } from './tidy/limit-reasons.ts'
import { machineTraces } from './tidy/machine-traces.ts'
import { namedExports } from './tidy/named-exports.ts'
import { parameters } from './tidy/parameters.ts'
import { readmePairs } from './tidy/readme-pairs.ts'
import { Repository } from './tidy/repository.ts'
import type { Rule } from './tidy/rule.ts'
import { sleepingTests } from './tidy/sleeping-tests.ts'
import { switchedOffTests } from './tidy/switched-off-tests.ts'
import { untestedErrors } from './tidy/untested-errors.ts'
import { unusedFiles } from './tidy/unused-files.ts'

/**
 * Keeps the rules of the house that neither the compiler nor the linter can keep. Rules that are only written down are
 * kept by those who remember them; these are executed. Each has a file below tidy/ that opens with its reason, and each
 * finding says what to do instead.
 */
const RULES: readonly Rule[] = [
  importDirections,
  budgets,
  ambientWorld,
  consoleOutput,
  givenUpChecks,
  namedExports,
  parameters,
  limitReasons,
  drawerNames,
  leftovers,
  unusedFiles,
  switchedOffTests,
  sleepingTests,
  duplicateTestNames,
  untestedErrors,
  machineTraces,
  readmePairs,
]

const repository = Repository.read(fileURLToPath(new URL('..', import.meta.url)))
let findings = 0
for (const rule of RULES) {
  for (const { path, line, message } of rule.check(repository)) {
    findings += 1
    console.error(`${path}:${line}: ${message} (${rule.name})`)
  }
}
if (findings > 0) {
  console.error(`\n${findings} to mend.`)
  process.exitCode = 1
} else {
  console.log(`${RULES.length} rules kept in ${repository.sources.length} source files.`)
}
