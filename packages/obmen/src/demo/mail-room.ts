import {
  type ArrivingLetter,
  type Fate,
  type HostEndpoint,
  type Mailbox,
  type MailHost,
  startMailHost,
} from '@obmen/mail/testing'
import { parseFileName, SUBJECT_PREFIX } from '@obmen/exchange'
import { parseHeaderSection } from '@obmen/mail/mime'

/** The one mailbox that all sites use, as the admin guide has it; people write to it, too. */
export const ADDRESS = 'exchange@example.org'

/** What the demo does to a letter on its way. */
export type LetterFate = 'deliver' | 'lose' | 'duplicate' | 'hold'

/** From whom to whom a letter with a message goes, by node codes. */
export interface Route {
  readonly from: string
  readonly to: string
}

/** A letter with a message that a site has sent. */
export interface TravelledLetter {
  readonly route: Route
  readonly subject: string
  readonly sizeOctets: number
  readonly fate: LetterFate
}

export interface MailRoomOptions {
  /** Where the letters are kept. */
  readonly folder: string
  readonly password: string
  readonly ports?: { readonly smtp: number; readonly pop3: number }
}

/** The post of the demo: a mail host on loopback with one mailbox, and what befell the letters. */
export class MailRoom implements AsyncDisposable {
  readonly letters: TravelledLetter[] = []
  readonly #plans = new Map<string, LetterFate[]>()
  #host: MailHost | undefined

  static async open(options: MailRoomOptions): Promise<MailRoom> {
    const room = new MailRoom()
    room.#host = await startMailHost({
      accounts: [{ address: ADDRESS, password: options.password }],
      folder: options.folder,
      requiresLogin: true,
      onLetter: (letter) => room.#decide(letter),
      ...(options.ports && { ports: options.ports }),
    })
    return room
  }

  get smtp(): HostEndpoint {
    return this.#running.smtp
  }

  get pop3(): HostEndpoint {
    return this.#running.pop3
  }

  get mailbox(): Mailbox {
    return this.#running.mailbox(ADDRESS)
  }

  /** The next letters on a route meet these fates, one each. All others are delivered. */
  arrange(route: Route, fates: readonly LetterFate[]): void {
    const key = keyOf(route)
    this.#plans.set(key, [...(this.#plans.get(key) ?? []), ...fates])
  }

  /** Delivers the held letter that came last. */
  releaseLast(): void {
    this.#running.release(this.#running.held.slice(-1))
  }

  async close(): Promise<void> {
    await this.#host?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #running(): MailHost {
    if (this.#host === undefined) throw new TypeError('the mail room is not open')
    return this.#host
  }

  #decide(letter: ArrivingLetter): Fate {
    // People have addresses of their own; the sites send from the one that they share.
    if (letter.reversePath !== ADDRESS) return { kind: 'deliver' }
    const subject = parseHeaderSection(letter.octets).first('Subject') ?? ''
    const route = readRoute(subject)
    if (route === undefined) return { kind: 'deliver' }
    const fate = this.#plans.get(keyOf(route))?.shift() ?? 'deliver'
    this.letters.push({ route, subject, sizeOctets: letter.octets.length, fate })
    return { kind: fate }
  }
}

function readRoute(subject: string): Route | undefined {
  if (!subject.startsWith(SUBJECT_PREFIX)) return undefined
  return parseFileName(subject.slice(SUBJECT_PREFIX.length))
}

function keyOf({ from, to }: Route): string {
  return `${from} ${to}`
}
