import type { HeaderSection } from '../../mime/header-section.ts'
import type { MessageDraft } from '../../mime/message.ts'
import { EmailImportance } from '../email-importance.ts'
import { InternetMailMessageImportance } from './enumerations.ts'

const { Highest, High, Normal, Low, Lowest } = InternetMailMessageImportance

/** By the first digit of `X-Priority`. */
const BY_PRIORITY: Readonly<Record<string, InternetMailMessageImportance>> = {
  1: Highest,
  2: High,
  3: Normal,
  4: Low,
  5: Lowest,
}

const BY_IMPORTANCE: ReadonlyMap<EmailImportance | undefined, InternetMailMessageImportance> =
  new Map([
    [EmailImportance.High, High],
    [EmailImportance.Low, Low],
  ])

const WORDS: ReadonlyMap<InternetMailMessageImportance, MessageDraft['importance']> = new Map([
  [Highest, 'high'],
  [High, 'above-normal'],
  [Low, 'below-normal'],
  [Lowest, 'low'],
])

/** What a header section says, by the five steps of `X-Priority` where it has that. */
export function importanceOf(
  header: HeaderSection,
  otherwise: EmailImportance | undefined,
): InternetMailMessageImportance {
  const priority = header.first('x-priority')?.trim().charAt(0) ?? ''
  return BY_PRIORITY[priority] ?? BY_IMPORTANCE.get(otherwise) ?? Normal
}

/** How a letter says it; one of normal importance says nothing. */
export function importanceWord(
  importance: InternetMailMessageImportance,
): MessageDraft['importance'] {
  return WORDS.get(importance)
}
