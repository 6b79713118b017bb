/** Letters that servers write about other letters. */
import { type DeliveryReport, parseHeaderSection, readDeliveryReport } from '../src/mime.ts'
import type { MailServer } from '../src/smtp.ts'
import { retrieveAll } from './arrivals.ts'
import { deleteLetters, openWhenFree } from './maildrops.ts'

/** As for the other letters; a report takes a delivery more. */
const MOST_LOOKS = 500

/** Waits for the delivery reports to an address, deletes them, and gives them in no particular order. */
export async function awaitReports(
  server: MailServer,
  address: string,
  count: number,
): Promise<readonly DeliveryReport[]> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const maildrop = await openWhenFree(server)
    const all = [...(await maildrop.list()).keys()]
    const numbers: number[] = []
    for await (const top of maildrop.tops(all, 0)) {
      const to = top.kind === 'top' ? parseHeaderSection(top.octets).first('To') : undefined
      if (to?.includes(address) === true) numbers.push(top.maildropNumber)
    }
    if (numbers.length < count) {
      await maildrop.close()
      continue
    }
    const letters = await retrieveAll({ maildrop, numbers })
    await deleteLetters({ maildrop, numbers })
    return letters.flatMap((octets) => readDeliveryReport(octets) ?? [])
  }
  throw new Error(`fewer than ${count} reports came to ${address}`)
}
