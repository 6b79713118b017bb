import { readYaml } from '../../packages/obmen/src/config/read-yaml.ts'
import { typeConfig } from '../../packages/obmen/src/config/type-config.ts'
import type { Repository } from '../tidy/repository.ts'
import type { Finding } from '../tidy/rule.ts'
import { documentedBlocks } from './documents.ts'

/** What a configuration in a text is called in complaints about it; relative paths in it lead nowhere. */
const FILE = { path: 'obmen.yaml', cwd: '/' }

/** Reads every YAML block whose fence says ` ```yaml configuration ` as `obmen` reads its file. */
export function checkConfigurations(repository: Repository): Finding[] {
  const blocks = documentedBlocks(repository).filter(
    ({ language, info }) => language === 'yaml' && info.split(' ').includes('configuration'),
  )
  return blocks.flatMap(({ path, line, text }) => {
    try {
      typeConfig(readYaml(text, FILE.path), FILE)
      return []
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return [{ path, line, message: `obmen does not take this configuration: ${message}` }]
    }
  })
}
