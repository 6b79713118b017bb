import type { Pop3Connection as Pop3Session } from '../../net/pop3-client.ts'
import { LazySession, type MailboxOptions } from '../lazy-session.ts'
import { openPop3Session } from '../open-mailbox.ts'
import type { Pop3ConnectionParameters } from '../pop3-connection-parameters.ts'
import type { InternetMailFilter } from './filter.ts'
import type { InternetMailMessage } from './internet-mail-message.ts'
import type { Given, GettingOptions, MailReceiver, MessageReference } from './mail-receiver.ts'
import { Pop3Maildrop } from './pop3-maildrop.ts'

/**
 * A maildrop that letters are read from, over one session after another: the next begins when the last was lost, unless letters were to be deleted in that one. These are there still, and whoever asks
 * for anything after that shall hear of it.
 */
export class Pop3Receiver implements MailReceiver {
  readonly #maildrop: LazySession<Pop3Maildrop>

  constructor(open: () => Promise<Pop3Session>) {
    this.#maildrop = new LazySession(
      async () => new Pop3Maildrop(await open()),
      ({ isUsable }) => isUsable,
    )
  }

  static async open(
    parameters: Pop3ConnectionParameters,
    options: MailboxOptions,
  ): Promise<Pop3Receiver> {
    const receiver = new Pop3Receiver(() => openPop3Session(parameters, options))
    await receiver.#maildrop.get()
    return receiver
  }

  getMessageCount(): Promise<number> {
    return this.#maildrop.use((maildrop) => maildrop.getMessageCount())
  }

  getHeaders(filter: InternetMailFilter): Promise<Given<InternetMailMessage>> {
    return this.#maildrop.use((maildrop) => maildrop.getHeaders(filter))
  }

  getUidl(known: readonly string[], filter: InternetMailFilter): Promise<Given<string>> {
    return this.#maildrop.use((maildrop) => maildrop.getUidl(known, filter))
  }

  get(
    named: readonly MessageReference[] | undefined,
    options: GettingOptions,
  ): Promise<Given<InternetMailMessage>> {
    return this.#maildrop.use((maildrop) => maildrop.get(named, options))
  }

  /** @throws as {@link Pop3Maildrop.deleteMessages}. */
  deleteMessages(named: readonly MessageReference[]): Promise<void> {
    return this.#maildrop.use((maildrop) => maildrop.deleteMessages(named))
  }

  /** @throws EmailDeletionException when letters that were to be deleted may be there still. */
  close(): Promise<void> {
    return this.#maildrop.close((maildrop) => maildrop.close())
  }
}
