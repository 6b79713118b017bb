/** What tests leave in mailboxes that they don't look into: those behind an alias, and the one for everything else. */
import { after } from 'node:test'

import { type Laboratory, mailboxAt, passwordPorts, toMailServer } from './laboratory.ts'
import { writtenMessageIds } from './letters.ts'
import { deleteCopies } from './maildrops.ts'

/** When all tests of the file are over, deletes every letter that was written in them from the mailboxes of the first store. */
export function sweepAfterwards(laboratory: Laboratory): void {
  const [pop3] = passwordPorts(laboratory, 'pop3')
  if (pop3 === undefined) return
  const mailboxes = laboratory.users.flatMap((user) => mailboxAt(pop3, user) ?? [])
  after(async () => {
    for (const mailbox of mailboxes) {
      await deleteCopies(toMailServer(laboratory, pop3, mailbox), writtenMessageIds)
    }
  })
}
