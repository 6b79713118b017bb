import type { Messages } from '../locale/messages.ts'
import type { DemoTexts } from './texts.ts'
import { makeEnglishTexts } from './texts-en.ts'
import { makeRussianTexts } from './texts-ru.ts'

const MAKERS = { en: makeEnglishTexts, ru: makeRussianTexts } as const

/** The texts of the demo in the language of everything else. */
export function chooseTexts({ language, format }: Messages): DemoTexts {
  return MAKERS[language](format)
}
