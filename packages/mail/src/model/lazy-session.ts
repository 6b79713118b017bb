import type { ProtocolLog } from '../wire/protocol-log.ts'
import { IllegalStateException } from './exception.ts'

/** What a connection to a mailbox may be told; all of it is an extension. */
export interface MailboxOptions {
  /** Ends everything that is under way, and closes the connection. */
  readonly signal?: AbortSignal
  /** Gets every line of the conversation. Secrets are replaced and content is abbreviated. */
  readonly log?: ProtocolLog
}

/** What the constructors of connections take behind the parameters. */
export type MailboxArguments = [purgeOnDirectoryClose?: boolean, options?: MailboxOptions]

/** A session that begins when it is first wanted, because a constructor can't wait for it. */
export class LazySession<Session> {
  readonly #open: () => Promise<Session>
  readonly #isUsable: (session: Session) => boolean
  #opening: Promise<Session> | undefined
  #isBeginning = false
  #session: Session | undefined
  /** What was asked for and is not done. */
  readonly #held = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined
  #isEnding = false

  /** @param isUsable Whether a session is good for anything still: another is begun in the place of one that is not. By default each is used to its end. */
  constructor(
    open: () => Promise<Session>,
    isUsable: (session: Session) => boolean = (): boolean => true,
  ) {
    this.#open = open
    this.#isUsable = isUsable
  }

  /** The session that has begun; `undefined` before it has, and from when its end has begun. */
  get current(): Session | undefined {
    return this.#isEnding ? undefined : this.#session
  }

  /** The session; one that could not be begun is tried again, and so is one that was lost, if another can take its place. */
  async get(): Promise<Session> {
    if (this.#isEnding) throw new IllegalStateException('the connection was closed')
    const isLost = this.#session !== undefined && !this.#isUsable(this.#session)
    if (isLost && !this.#isBeginning) this.#opening = undefined
    this.#opening ??= this.#begin()
    return this.#opening
  }

  /** Does something with the session, as {@link get} gives it. The session does not end before. */
  use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.hold(async () => work(await this.get()))
  }

  /** Does something that will need the session, perhaps not at once and perhaps several times. The session does not end before. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    const holding = work()
    this.#held.add(holding)
    try {
      return await holding
    } finally {
      this.#held.delete(holding)
    }
  }

  /** Ends the session, if it has begun, when everything that was asked for before is done. Once: what is thrown is thrown to the first caller, and the others only wait. */
  async close(end: (session: Session) => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.catch(() => undefined)
    this.#closing = this.#end(end)
    return this.#closing
  }

  async #begin(): Promise<Session> {
    this.#isBeginning = true
    try {
      this.#session = await this.#open()
      return this.#session
    } catch (error) {
      this.#opening = undefined
      throw error
    } finally {
      this.#isBeginning = false
    }
  }

  async #end(end: (session: Session) => Promise<void>): Promise<void> {
    while (this.#held.size > 0) await Promise.allSettled(this.#held)
    this.#isEnding = true
    // A session that could not be begun has told so to whoever wanted it.
    const session = (await this.#opening?.catch(() => undefined)) ?? this.#session
    if (session !== undefined) await end(session)
  }
}
