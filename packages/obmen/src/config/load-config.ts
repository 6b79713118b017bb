import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { ConfigInvalid, ConfigNotFound } from '../errors/config-error.ts'
import { type Config, environmentName, type SettingName, TEXT_SETTINGS } from './config.ts'
import { type RawSetting, rawText } from './raw-setting.ts'
import { readOctets } from './read-file.ts'
import { readYaml } from './read-yaml.ts'
import { typeConfig } from './type-config.ts'

/** The file that is read when none is named. */
const DEFAULT_PATH = 'obmen.yaml'

export type Environment = Readonly<Record<string, string | undefined>>

/** Everything a configuration is made of, beside the defaults. */
export interface ConfigSources {
  /** As `--config` names it; by default `OBMEN_CONFIG`, or `obmen.yaml` in the current folder. */
  readonly path?: string | undefined
  readonly cwd: string
  readonly env: Environment
  /** Settings from the command line, which stand above all others. */
  readonly options?: ReadonlyMap<SettingName, RawSetting>
}

/**
 * Reads the configuration: defaults, then the file, then the environment (`OBMEN_MESSAGE_SIZE` for `messageSize`), then the
 * command line. Throws {@link ConfigNotFound} and {@link ConfigInvalid}.
 */
export function loadConfig(sources: ConfigSources): Config {
  const path = configPath(sources)
  const file = readConfigFile(path, sources.cwd)
  if (file === undefined) throw new ConfigNotFound(path)
  return typeConfig(overlay(file, sources), { path, cwd: sources.cwd })
}

/** The configuration of the file alone, or `undefined` when there is no file. */
export function loadFileAlone(sources: ConfigSources): Config | undefined {
  const path = configPath(sources)
  const file = readConfigFile(path, sources.cwd)
  return file && typeConfig(file, { path, cwd: sources.cwd })
}

/** The configuration of environment and command line alone, for a file that is still to be written. */
export function configWithoutFile(sources: ConfigSources): Config {
  const path = configPath(sources)
  return typeConfig(overlay(new Map(), sources), { path, cwd: sources.cwd })
}

/** Which file is meant, as it was named. */
export function configPath({ path, env }: ConfigSources): string {
  return path ?? nonEmpty(env['OBMEN_CONFIG']) ?? DEFAULT_PATH
}

function readConfigFile(path: string, cwd: string): ReadonlyMap<string, RawSetting> | undefined {
  const absolute = resolve(cwd, path)
  if (!existsSync(absolute)) return undefined
  const octets = readOctets(absolute)
  try {
    return readYaml(new TextDecoder('utf-8', { fatal: true }).decode(octets), path)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ConfigInvalid({ kind: 'file', path }, { kind: 'not-utf8' })
  }
}

function overlay(
  file: ReadonlyMap<string, RawSetting>,
  { env, options }: ConfigSources,
): ReadonlyMap<string, RawSetting> {
  const fromEnvironment = TEXT_SETTINGS.flatMap((setting) => {
    const name = environmentName(setting)
    const text = nonEmpty(env[name])
    return text === undefined
      ? []
      : [[setting, rawText(text, { kind: 'environment', name })] as const]
  })
  return new Map([...file, ...fromEnvironment, ...(options ?? [])])
}

/** A variable that is set to nothing counts as one that is not set. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
