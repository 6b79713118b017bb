export const LANGUAGES = ['en', 'ru'] as const

export type Language = (typeof LANGUAGES)[number]

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text)
}

/** The language of whoever sits there: by the environment as POSIX has it, otherwise by the system. English for all others. */
export function chooseLanguage(
  env: Readonly<Record<string, string | undefined>>,
  systemLocale: string,
): Language {
  const names = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']]
  const locale = names.find((name) => name !== undefined && name !== '') ?? systemLocale
  return /^ru\b|^ru_/i.test(locale) ? 'ru' : 'en'
}
