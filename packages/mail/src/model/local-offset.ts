import { isYear } from '../mime/date-time.ts'

/**
 * How far the clock of this process was, or will be, from UTC at a date: what RFC 5322 §3.3 would have a letter say. `TZ` in the environment
 * decides it, and `TZ=UTC` gives letters that don't tell where they were written.
 *
 * @returns Minutes east of Greenwich; 0 in the first and last hours of the years that a letter can tell, whose local date has another year.
 */
export function localOffsetMinutes(date: Date): number {
  return isYear(date.getFullYear()) ? -date.getTimezoneOffset() : 0
}
