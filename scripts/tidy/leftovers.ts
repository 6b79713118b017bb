import { findingAt, type Rule } from './rule.ts'

const MARKS = /\b(?:TODO|FIXME|XXX|HACK)\b/

/**
 * A mark for later is read by those who did not write it, years afterwards, and says neither what is missing nor whether
 * it matters. What matters is done or stands in the documentation as a limit; the rest is not worth the line.
 */
export const leftovers: Rule = {
  name: 'leftovers',
  *check(repository) {
    for (const file of repository.sources) {
      for (const { value, start } of file.comments) {
        const mark = MARKS.exec(value)
        if (mark === null) continue
        const message = `${mark[0]}: do it now, or say in the contract what is not covered and why`
        yield findingAt(file, start + mark.index, message)
      }
    }
  },
}
