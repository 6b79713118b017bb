/** Mailboxes of a test's own, on servers whose mailboxes others use too. */
import { type ImapConnection, type ImapMailbox, openImap } from '../src/imap.ts'
import type { MailServer } from '../src/smtp.ts'
import { BOUNDED } from './laboratory.ts'

/** A mailbox that nobody else has, and that goes with the test. */
export interface OwnMailbox extends AsyncDisposable {
  readonly imap: ImapConnection
  readonly mailbox: ImapMailbox
  /** The name of another that lies beside it. */
  beside(name: string): Promise<string>
}

export async function openOwnMailbox(server: MailServer): Promise<OwnMailbox> {
  const imap = await openImap(server, BOUNDED)
  const made: string[] = []
  const make = async (name: string): Promise<string> => {
    const namespaces = await imap.namespaces()
    const full = `${namespaces?.personal[0]?.prefix ?? ''}${name}`
    await imap.create(full)
    made.push(full)
    return full
  }
  const name = await make(`Проба & ${crypto.randomUUID()}`)
  const mailbox = await imap.select(name)
  return {
    imap,
    mailbox,
    beside: make,
    async [Symbol.asyncDispose]() {
      const other = await openImap(server, BOUNDED)
      for (const each of made) await other.delete(each)
      await other.close()
      await imap.close()
    },
  }
}
