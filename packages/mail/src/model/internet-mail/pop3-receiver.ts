import { randomUUID } from 'node:crypto'
import type { Pop3Refusals } from '../../pop3/batch.ts'
import { Pop3DeletionsUnconfirmed } from '../../pop3/errors.ts'
import type { Pop3Connection as Pop3Session } from '../../net/pop3-client.ts'
import { IllegalArgumentException } from '../exception.ts'
import type { MailboxOptions } from '../lazy-session.ts'
import { EmailDeletionException, inMailbox } from '../mailbox-exception.ts'
import { openPop3Session } from '../open-mailbox.ts'
import type { Pop3ConnectionParameters } from '../pop3-connection-parameters.ts'
import { retrieveHeaderSections, retrieveLetters } from '../pop3-letters.ts'
import { readHeaderSection } from '../read-email-headers.ts'
import { isMeant, requireHeaderFilter, type InternetMailFilter } from './filter.ts'
import { InternetMailMessage } from './internet-mail-message.ts'
import { identifiersOf } from './mail-receiver.ts'
import type { GettingOptions, MailReceiver, MessageReference } from './mail-receiver.ts'
import { postingDay } from './received-message.ts'

/** A letter of the maildrop. */
interface ListedLetter {
  readonly number: number
  readonly uid: string
  readonly sizeOctets: number
}

/** A letter that was found, with its header section. */
interface FoundLetter extends ListedLetter {
  readonly octets: Uint8Array
}

/** A maildrop that letters are read from. */
export class Pop3Receiver implements MailReceiver {
  readonly #session: Pop3Session
  /** Letters that come later are seen by the next session (RFC 1939 §3), so one look is enough. */
  #listed: Promise<readonly ListedLetter[]> | undefined
  readonly #deleted = new Set<number>()

  constructor(session: Pop3Session) {
    this.#session = session
  }

  static async open(
    parameters: Pop3ConnectionParameters,
    options: MailboxOptions,
  ): Promise<Pop3Receiver> {
    return new Pop3Receiver(await openPop3Session(parameters, options))
  }

  async getMessageCount(): Promise<number> {
    const { count } = await inMailbox('counting letters', () => this.#session.stat())
    return count
  }

  async getHeaders(filter: InternetMailFilter): Promise<readonly InternetMailMessage[]> {
    const found = await this.#find(filter)
    return found.map(({ octets, uid, sizeOctets }) =>
      InternetMailMessage.received({ octets, isWhole: false, uids: [uid], sizeOctets }),
    )
  }

  async getUidl(known: readonly string[], filter: InternetMailFilter): Promise<readonly string[]> {
    const isUnfiltered = Object.keys(filter).length === 0
    const meant = isUnfiltered ? await this.#list() : await this.#find(filter)
    const isKnown = new Set(known)
    return meant.map(({ uid }) => uid).filter((uid) => !isKnown.has(uid))
  }

  async get(
    named: readonly MessageReference[] | undefined,
    { deletes }: GettingOptions,
  ): Promise<readonly InternetMailMessage[]> {
    const meant = await this.#meant(named)
    const messages = new Map<number, InternetMailMessage>()
    const byNumber = new Map(meant.map((letter) => [letter.number, letter]))
    await inMailbox('reading letters', () =>
      retrieveLetters(this.#session, [...byNumber.keys()], (number, octets) => {
        const { uid = '', sizeOctets } = byNumber.get(number) ?? {}
        const given = { octets, isWhole: true, uids: [uid], sizeOctets }
        messages.set(number, InternetMailMessage.received(given))
      }),
    )
    if (deletes) await this.#delete([...messages.keys()])
    return [...messages.values()]
  }

  async deleteMessages(named: readonly MessageReference[]): Promise<void> {
    const meant = await this.#meant(named)
    await this.#delete(meant.map(({ number }) => number))
  }

  /** @throws EmailDeletionException when letters that were to be deleted may be there still. */
  async close(): Promise<void> {
    try {
      await this.#session.close()
    } catch (cause) {
      if (!(cause instanceof Pop3DeletionsUnconfirmed)) throw cause
      const indexes = cause.maildropNumbers.map((number) => number - 1)
      throw new EmailDeletionException({ indexes, outcome: cause.outcome, cause })
    }
  }

  /** The letters that were not deleted. */
  async #list(): Promise<readonly ListedLetter[]> {
    this.#listed ??= this.#startListing()
    const listed = await this.#listed
    return listed.filter(({ number }) => !this.#deleted.has(number))
  }

  /** What the server refuses once, it may grant when it is asked again. */
  #startListing(): Promise<readonly ListedLetter[]> {
    const listing = inMailbox('listing letters', () => listLetters(this.#session))
    listing.catch(() => {
      this.#listed = undefined
    })
    return listing
  }

  async #find(filter: InternetMailFilter): Promise<readonly FoundLetter[]> {
    requireHeaderFilter(filter)
    const listed = await this.#list()
    const sections = await inMailbox('reading headers', () =>
      retrieveHeaderSections(
        this.#session,
        listed.map(({ number }) => number),
      ),
    )
    const found = listed.flatMap((letter) => {
      const octets = sections.get(letter.number)
      return octets === undefined ? [] : { ...letter, octets }
    })
    if (Object.keys(filter).length === 0) return found
    return found.filter(({ octets }) => {
      const header = readHeaderSection(octets)
      return isMeant(filter, header, postingDay(header))
    })
  }

  async #meant(named: readonly MessageReference[] | undefined): Promise<readonly ListedLetter[]> {
    if (named?.length === 0) return []
    const { ids, numbers } = identifiersOf(named ?? [])
    if (numbers.length > 0) {
      throw new IllegalArgumentException('letters are named by number over IMAP only')
    }
    const listed = await this.#list()
    if (named === undefined) return listed
    // Identical copies of a letter may have one identifier, and are meant all.
    const byUid = Map.groupBy(listed, ({ uid }) => uid)
    return ids.flatMap((id) => byUid.get(id) ?? [])
  }

  async #delete(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return
    const refusals: Pop3Refusals = await inMailbox('deleting letters', () =>
      this.#session.deleteAll(numbers),
    )
    for (const number of numbers) if (!refusals.has(number)) this.#deleted.add(number)
    const [cause] = refusals.values()
    if (cause === undefined) return
    const indexes = [...refusals.keys()].map((number) => number - 1)
    throw new EmailDeletionException({ indexes, outcome: 'kept', cause })
  }
}

async function listLetters(session: Pop3Session): Promise<readonly ListedLetter[]> {
  const [sizes, uids] = await Promise.all([session.list(), session.uniqueIds()])
  // A server without UIDL has numbers only, which hold as long as the connection does: over the next one they are those of other letters, so they must mean none there.
  const connection = randomUUID()
  return [...sizes].map(([number, sizeOctets]) => ({
    number,
    sizeOctets,
    uid: uids?.get(number) ?? `pop3-${number}-${connection}`,
  }))
}
