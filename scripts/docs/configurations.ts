import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Repository } from '../tidy/repository.ts'
import type { Finding } from '../tidy/rule.ts'
import { documentedBlocks } from './documents.ts'

/** Where `obmen` reads a configuration, and the function that does: text in, an error for everything that is wrong. */
const READER = { module: 'packages/obmen/src/config/parse-config.ts', name: 'parseConfig' }

/** Reads every YAML block whose fence says ` ```yaml configuration ` as `obmen` reads its file. */
export async function checkConfigurations(
  root: string,
  repository: Repository,
): Promise<Finding[]> {
  const blocks = documentedBlocks(repository).filter(
    ({ language, info }) => language === 'yaml' && info.split(' ').includes('configuration'),
  )
  const file = join(root, READER.module)
  if (!existsSync(file)) {
    console.log(`There is no ${READER.module} yet: configurations in the texts are not checked.`)
    return []
  }
  const module: unknown = await import(pathToFileURL(file).href)
  const read: unknown = Reflect.get(Object(module) as object, READER.name)
  if (typeof read !== 'function') throw new Error(`${READER.module} does not export ${READER.name}`)
  return blocks.flatMap(({ path, line, text }) => {
    try {
      Reflect.apply(read, undefined, [text])
      return []
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return [{ path, line, message: `obmen does not take this configuration: ${message}` }]
    }
  })
}
