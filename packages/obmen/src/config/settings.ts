import { dirname, resolve } from 'node:path'

import { ConfigInvalid, type SettingFault } from '../errors/config-error.ts'
import { findNearest } from '../errors/nearest-key.ts'
import { ValueInvalid } from '../errors/value-error.ts'
import { isSettingName, SETTING_EXAMPLES, type SettingName } from './config.ts'
import type { RawSetting } from './raw-setting.ts'

/** Settings under their names, and the ways to read one that name its place when it is wrong. */
export class Settings {
  readonly #raw: ReadonlyMap<string, RawSetting>
  readonly #path: string
  readonly #cwd: string

  constructor(
    raw: ReadonlyMap<string, RawSetting>,
    base: { readonly path: string; readonly cwd: string },
  ) {
    this.#raw = raw
    this.#path = base.path
    this.#cwd = base.cwd
  }

  find(name: SettingName): RawSetting | undefined {
    return this.#raw.get(name)
  }

  has(name: SettingName): boolean {
    return this.#raw.has(name)
  }

  /** A setting that must be there. */
  get(name: SettingName): RawSetting {
    const setting = this.#raw.get(name)
    if (setting !== undefined) return setting
    const place = { kind: 'file', path: this.#path } as const
    throw new ConfigInvalid(place, {
      kind: 'key-missing',
      key: name,
      example: SETTING_EXAMPLES[name],
    })
  }

  read<Value>(name: SettingName, parse: (text: string) => Value): Value {
    return readValue(this.get(name), name, parse)
  }

  readOr<Value>(name: SettingName, otherwise: Value, parse: (text: string) => Value): Value {
    return this.has(name) ? this.read(name, parse) : otherwise
  }

  /** Reads a path and makes it absolute: one from the file is relative to the file's folder. */
  readPath(setting: RawSetting, key: string): string {
    const path = readValue(setting, key, readText)
    const isFromFile = setting.place.kind === 'file'
    return isFromFile ? resolve(this.#cwd, dirname(this.#path), path) : resolve(this.#cwd, path)
  }
}

/** Reads a text by `parse`, and puts place and name around what it throws. */
export function readValue<Value>(
  setting: RawSetting,
  key: string,
  parse: (text: string) => Value,
): Value {
  if (setting.kind !== 'text') throw wrongShape(setting, key)
  try {
    return parse(setting.text)
  } catch (error) {
    if (error instanceof Error && 'code' in error && isFault(error)) {
      const line = isSettingName(key) && setting.place.kind === 'file' && SETTING_EXAMPLES[key]
      throw new ConfigInvalid(setting.place, {
        kind: 'value',
        key,
        fault: error,
        ...(line !== false && { line }),
      })
    }
    throw error
  }
}

const FAULT_CODES: ReadonlySet<unknown> = new Set<SettingFault['code']>([
  'PLAN_NAME_INVALID',
  'NODE_CODE_INVALID',
  'ADDRESS_INVALID',
  'DATABASE_URL_INVALID',
  'MAIL_URL_INVALID',
  'VALUE_INVALID',
])

function isFault(error: Error & { readonly code: unknown }): error is SettingFault {
  return FAULT_CODES.has(error.code)
}

/** The error for a map where a text belongs, and the like. */
export function wrongShape(setting: RawSetting, key: string): ConfigInvalid {
  const [name = ''] = key.split('.')
  const example = Object.entries(SETTING_EXAMPLES).find(([known]) => known === name)?.[1] ?? ''
  return new ConfigInvalid(setting.place, { kind: 'shape', key, example })
}

/** Refuses names that mean nothing: a misspelt setting would silently not be in force. */
export function checkNames(
  entries: ReadonlyMap<string, RawSetting>,
  known: readonly string[],
  prefix = '',
): void {
  for (const [key, { place }] of entries) {
    if (known.includes(key)) continue
    const nearest = findNearest(key, known)
    throw new ConfigInvalid(place, { kind: 'key-unknown', key: `${prefix}${key}`, nearest, known })
  }
}

/** A text that is not empty. */
export function readText(text: string): string {
  if (text.trim() !== '') return text
  throw new ValueInvalid({ text, expected: 'text', example: './name' })
}
