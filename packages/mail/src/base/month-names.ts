/** The months as dates of RFC 5322 §3.3 and of RFC 9051 §9 write them. */
export const MONTHS: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]

const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  MONTHS.map((name, number) => [name.toLowerCase(), number]),
)

/** The number of a month, counted from 0, whatever the case of its name; -1 when it is none. */
export function monthOf(name: string): number {
  return MONTH_NUMBERS.get(name.toLowerCase()) ?? -1
}
