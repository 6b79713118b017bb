import { optionName, type SettingName, TEXT_SETTINGS } from '../config/config.ts'
import { type RawSetting, rawText } from '../config/raw-setting.ts'

type OptionValue = string | boolean | readonly (string | boolean)[] | undefined

/** The options of one call, by their names without hyphens. */
export class OptionValues {
  readonly #values: Readonly<Record<string, OptionValue>>

  constructor(values: Readonly<Record<string, OptionValue>>) {
    this.#values = values
  }

  isSet(name: string): boolean {
    return this.#values[name] === true
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** Every occurrence of an option that may occur several times. */
  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  }

  /** Those that are settings of the configuration, which stand above what the file says. */
  settings(): Map<SettingName, RawSetting> {
    const settings = TEXT_SETTINGS.flatMap((name) => {
      const option = optionName(name)
      const text = this.text(option.slice(2))
      return text === undefined ? [] : [[name, rawText(text, { kind: 'option', option })] as const]
    })
    return new Map(settings)
  }
}
