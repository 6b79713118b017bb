import { randomUUID } from 'node:crypto'
import type { Pop3Refusals } from '../../pop3/batch.ts'
import { Pop3DeletionsUnconfirmed } from '../../pop3/errors.ts'
import type { Pop3Connection as Pop3Session } from '../../net/pop3-client.ts'
import { IllegalArgumentException } from '../exception.ts'
import { EmailDeletionException, inMailbox, type MailboxException } from '../mailbox-exception.ts'
import { retrieveHeaderSections, retrieveLetters, type RefusedLetters } from '../pop3-letters.ts'
import { quoted } from '../quoted.ts'
import { readHeaderSection } from '../read-email-headers.ts'
import { isMeant, requireHeaderFilter, type InternetMailFilter } from './filter.ts'
import { InternetMailMessage } from './internet-mail-message.ts'
import { identifiersOf } from './mail-receiver.ts'
import type { Given, GettingOptions, MailReceiver, MessageReference } from './mail-receiver.ts'
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

/** A maildrop as one session knows it: another may call its letters by other numbers. */
export class Pop3Maildrop implements MailReceiver {
  readonly #session: Pop3Session
  /** Letters that come later are seen by the next session (RFC 1939 §3), so one look is enough. */
  #listed: Promise<readonly ListedLetter[]> | undefined
  readonly #deleted = new Set<number>()
  /** Which letter of the maildrop each is that was read in this session. */
  readonly #numbers = new WeakMap<InternetMailMessage, number>()

  constructor(session: Pop3Session) {
    this.#session = session
  }

  /** Whether it is good for anything still. One that was lost with letters that were to be deleted is: to say so, over and over. */
  get isUsable(): boolean {
    return this.#session.isOpen || this.#deleted.size > 0
  }

  async getMessageCount(): Promise<number> {
    const { count } = await inMailbox('counting letters', () => this.#session.stat())
    return count
  }

  async getHeaders(filter: InternetMailFilter): Promise<Given<InternetMailMessage>> {
    const { items, refusals } = await this.#find(filter)
    return { items: items.map((letter) => this.#toMessage(letter, { isWhole: false })), refusals }
  }

  async getUidl(known: readonly string[], filter: InternetMailFilter): Promise<Given<string>> {
    const isUnfiltered = Object.keys(filter).length === 0
    const { items, refusals } = isUnfiltered
      ? { items: await this.#list(), refusals: NO_REFUSALS }
      : await this.#find(filter)
    const isKnown = new Set(known)
    return { items: items.map(({ uid }) => uid).filter((uid) => !isKnown.has(uid)), refusals }
  }

  async get(
    named: readonly MessageReference[] | undefined,
    { deletes }: GettingOptions,
  ): Promise<Given<InternetMailMessage>> {
    const meant = named === undefined ? await this.#list() : (await this.#meant(named)).flat()
    const messages = new Map<number, InternetMailMessage>()
    const byNumber = new Map(meant.map((letter) => [letter.number, letter]))
    const refused = await inMailbox('reading letters', () =>
      retrieveLetters(this.#session, [...byNumber.keys()], (number, octets) => {
        const letter = byNumber.get(number)
        if (letter === undefined) return
        messages.set(number, this.#toMessage({ ...letter, octets }, { isWhole: true }))
      }),
    )
    if (deletes) await this.#delete([...messages.keys()])
    return { items: [...messages.values()], refusals: byIdentifier(meant, refused) }
  }

  /** @throws IllegalArgumentException when an identifier means several letters, of which perhaps only one was read. Nothing was deleted. */
  async deleteMessages(named: readonly MessageReference[]): Promise<void> {
    const meant = await this.#meant(named)
    const shared = meant.find((letters) => letters.length > 1)
    if (shared !== undefined) {
      throw new IllegalArgumentException(
        `${shared.length} letters have the identifier ${quoted(shared[0]?.uid ?? '')}: name them by the letters or headers that were read`,
      )
    }
    await this.#delete([...new Set(meant.flat().map(({ number }) => number))])
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

  #toMessage(
    { number, octets, uid, sizeOctets }: FoundLetter,
    { isWhole }: { readonly isWhole: boolean },
  ): InternetMailMessage {
    const message = InternetMailMessage.received({ octets, isWhole, uids: [uid], sizeOctets })
    this.#numbers.set(message, number)
    return message
  }

  async #find(filter: InternetMailFilter): Promise<Given<FoundLetter>> {
    requireHeaderFilter(filter)
    const listed = await this.#list()
    const { sections, refusals: refused } = await inMailbox('reading headers', () =>
      retrieveHeaderSections(
        this.#session,
        listed.map(({ number }) => number),
      ),
    )
    const found = listed.flatMap((letter) => {
      const octets = sections.get(letter.number)
      return octets === undefined ? [] : { ...letter, octets }
    })
    const refusals = byIdentifier(listed, refused)
    if (Object.keys(filter).length === 0) return { items: found, refusals }
    const items = found.filter(({ octets }) => {
      const header = readHeaderSection(octets)
      return isMeant(filter, header, postingDay(header))
    })
    return { items, refusals }
  }

  /**
   * The letters that each reference means, without those that are gone. Letters that were read over this connection are known by their numbers; identifiers may be those of
   * several: RFC 1939 §7 lets identical copies share one, and some servers others too.
   */
  async #meant(named: readonly MessageReference[]): Promise<readonly (readonly ListedLetter[])[]> {
    if (named.length === 0) return []
    if (identifiersOf(named).numbers.length > 0) {
      throw new IllegalArgumentException('letters are named by number over IMAP only')
    }
    const listed = await this.#list()
    const byNumber = Map.groupBy(listed, ({ number }) => number)
    const byUid = Map.groupBy(listed, ({ uid }) => uid)
    const meant = new Map<string, readonly ListedLetter[]>()
    for (const each of named) {
      const number = each instanceof InternetMailMessage ? this.#numbers.get(each) : undefined
      if (number !== undefined) meant.set(`number ${number}`, byNumber.get(number) ?? [])
      else for (const id of identifiersOf([each]).ids) meant.set(`id ${id}`, byUid.get(id) ?? [])
    }
    return [...meant.values()]
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

const NO_REFUSALS: ReadonlyMap<string, MailboxException> = new Map()

function byIdentifier(
  letters: readonly ListedLetter[],
  refused: RefusedLetters,
): ReadonlyMap<string, MailboxException> {
  const refusals = new Map<string, MailboxException>()
  for (const { number, uid } of letters) {
    const refusal = refused.get(number)
    if (refusal !== undefined) refusals.set(uid, refusal)
  }
  return refusals
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
