const numbers = new Intl.NumberFormat('ru')
const plurals = new Intl.PluralRules('ru')

/** The forms of a noun after 1, after 2 to 4, and after 5: `строка`, `строки`, `строк`. */
export type Forms = readonly [one: string, few: string, many: string]

export function russianNumber(number: number): string {
  return numbers.format(number)
}

/** A number with its noun: `21 строка`, `22 строки`, `25 строк`. */
export function numeral(count: number, [one, few, many]: Forms): string {
  const rule = plurals.select(count)
  const noun = rule === 'one' ? one : rule === 'few' ? few : many
  return `${numbers.format(count)} ${noun}`
}
