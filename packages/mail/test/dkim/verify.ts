import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import type { DkimRecord } from '../../src/dkim.ts'

/** What the standard's strictest reading by other hands says of each signature of a letter: `pass`, `fail`, `neutral` … */
export async function verdictsOf(
  letter: Uint8Array,
  records: readonly DkimRecord[],
): Promise<readonly string[]> {
  const texts = new Map(records.map(({ name, text }) => [name, text]))
  const { results } = await dkimVerify(Buffer.from(letter), {
    strict: true,
    curTime: new Date('2026-03-01T12:00:00Z'),
    resolver: async (name: string) => {
      const text = texts.get(name)
      if (text === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
      return [[text]]
    },
  })
  return results.map(({ status }) => status.result)
}
