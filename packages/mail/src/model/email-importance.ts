import { Enumeration } from './enumeration.ts'

/** How important a letter is to its sender. */
export class EmailImportance extends Enumeration {
  static readonly Low: EmailImportance = new EmailImportance('Low', 0)
  static readonly Normal: EmailImportance = new EmailImportance('Normal', 1)
  static readonly High: EmailImportance = new EmailImportance('High', 2)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** The importance by the first digit of `X-Priority`: 1 and 2 are high, 4 and 5 are low. */
const BY_PRIORITY: Readonly<Record<string, EmailImportance>> = {
  1: EmailImportance.High,
  2: EmailImportance.High,
  3: EmailImportance.Normal,
  4: EmailImportance.Low,
  5: EmailImportance.Low,
}

const BY_WORD: Readonly<Record<string, EmailImportance>> = {
  high: EmailImportance.High,
  normal: EmailImportance.Normal,
  low: EmailImportance.Low,
}

/** What a value of `X-Priority`, `Importance` or `X-MSMail-Priority` says, if it says anything: `1 (Highest)`, `high`. */
export function readImportance(value: string): EmailImportance | undefined {
  const text = value.trim().toLowerCase()
  return BY_PRIORITY[text.charAt(0)] ?? BY_WORD[text]
}
