import { ConfigInvalid, type SecretReference } from '../errors/config-error.ts'
import { type MailServerSetting, SETTING_EXAMPLES, type SettingName } from './config.ts'
import { type MailUse, parseMailUrl } from './mail-url.ts'
import type { RawSetting } from './raw-setting.ts'
import { checkNames, readText, readValue, type Settings, wrongShape } from './settings.ts'

/**
 * Reads `send` or `receive`: an address, or a map of an address and what differs from `password`, `ca` and `servername` of
 * the whole configuration. Throws {@link ConfigInvalid}.
 */
export function readMailServer(settings: Settings, use: MailUse): MailServerSetting {
  const setting = settings.get(use)
  const own = setting.kind === 'map' ? setting.entries : new Map([['url', setting]])
  checkNames(own, ['url', 'password', 'ca', 'servername'], `${use}.`)
  const urlSetting = own.get('url')
  if (urlSetting === undefined) throw missing(setting, `${use}.url`, SETTING_EXAMPLES[use])
  const urlKey = setting.kind === 'map' ? `${use}.url` : use
  const url = readValue(urlSetting, urlKey, (text) => parseMailUrl(text, use))
  const password = own.get('password') ?? settings.find('password')
  if (url.user !== undefined && password === undefined) {
    throw missing(setting, 'password', SETTING_EXAMPLES.password)
  }
  const ca = own.get('ca') ?? settings.find('ca')
  const servername = own.get('servername') ?? settings.find('servername')
  return {
    url,
    ...(url.user !== undefined &&
      password && { password: readSecretReference(settings, password) }),
    ...(ca && { caFile: settings.readPath(ca, 'ca') }),
    ...(servername && { servername: readValue(servername, 'servername', readText) }),
  }
}

/** `{ env: NAME }` or `{ file: PATH }`. A password itself is refused, without being shown. */
export function readSecretReference(
  settings: Settings,
  setting: RawSetting,
  key: SettingName = 'password',
): SecretReference {
  if (setting.kind !== 'map') throw wrongShape(setting, key)
  checkNames(setting.entries, ['env', 'file'], `${key}.`)
  const [entry, another] = setting.entries
  if (entry === undefined || another !== undefined) throw wrongShape(setting, key)
  const [kind, value] = entry
  if (kind === 'file') return { kind, path: settings.readPath(value, `${key}.file`) }
  return { kind: 'env', name: readValue(value, `${key}.env`, readText) }
}

function missing({ place }: RawSetting, key: string, example: string): ConfigInvalid {
  return new ConfigInvalid(place, { kind: 'key-missing', key, example })
}
