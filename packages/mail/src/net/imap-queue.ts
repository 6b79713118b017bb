import type { ImapSession } from '../imap/session.ts'
import { awaitChange } from '../imap/idle.ts'
import type { MailboxChange } from '../imap/session-state.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost } from '../wire/errors.ts'
import type { Connection } from './connection.ts'
import { drive } from './drive.ts'

/** How long one waits in IDLE at a time, and between two questions where there is no IDLE. */
export interface IdleTimes {
  readonly idleMs: number
  readonly pollMs: number
}

/** Runs the commands of one session, one after the other, in the order in which they were asked for. */
export class ImapQueue {
  readonly session: ImapSession
  readonly #connection: Connection
  readonly #times: IdleTimes
  #lastCommand: Promise<void> = Promise.resolve()
  #isClosing = false
  #endIdle: (() => void) | undefined
  /** How many commands are asked for and not done, without those who wait. */
  #commands = 0

  constructor(connection: Connection, session: ImapSession, times: IdleTimes) {
    this.#connection = connection
    this.session = session
    this.#times = times
  }

  /** Whether commands may still be asked for: a server that has hung up answers none, though nothing was closed here. */
  get isOpen(): boolean {
    return !this.#isClosing && !this.#connection.ended.aborted
  }

  /** Runs a command when those before it are done. It is made then, and may throw. */
  async run<Result>(command: () => Dialog<Result>): Promise<Result> {
    if (this.#isClosing) throw new TypeError('the IMAP connection was closed')
    return this.#enqueue('command', () => this.#drive(command()))
  }

  /** Runs the last command: those asked for later are refused. */
  finish(command: () => Dialog<void>): Promise<void> {
    this.#isClosing = true
    return this.#enqueue('command', async () => {
      try {
        if (this.session.channel.isInStep) await drive(command(), this.#connection)
      } catch {
        // Whether or not the server says good-bye, nothing is lost any more.
      } finally {
        this.#connection.close()
      }
    })
  }

  /** Drops the connection. */
  abandon(): void {
    this.#isClosing = true
    this.#connection.close()
  }

  /**
   * What has changed since this was asked last, as soon as it is anything. Until then the session is in IDLE, and leaves it for every command
   * that is asked for.
   *
   * @param check throws when nobody may wait any more.
   * @returns nothing when the signal aborts.
   */
  async awaitChanges(check: () => void, signal?: AbortSignal): Promise<readonly MailboxChange[]> {
    const { state } = this.session.channel
    for (;;) {
      if (signal?.aborted === true) return []
      const changes = await this.#awaitOnce(check, signal)
      if (changes) return state.takeChanges()
    }
  }

  async #awaitOnce(check: () => void, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#isClosing) throw new TypeError('the IMAP connection was closed')
    const { state } = this.session.channel
    const { promise: interrupt, resolve } = Promise.withResolvers<void>()
    const end = (): void => resolve()
    const aborted = Promise.withResolvers<void>()
    const abort = (): void => aborted.resolve()
    signal?.addEventListener('abort', abort)
    void aborted.promise.then(end)
    try {
      const round = this.#enqueue('wait', async () => {
        check()
        if (state.hasChanges || signal?.aborted === true) return
        // Something was asked for while this waited for its turn.
        if (this.#commands > 0) return
        this.#endIdle = end
        const dialog = awaitChange(this.session, { ...this.#times, interrupt })
        await this.#drive(dialog).finally(() => {
          this.#endIdle = undefined
        })
      })
      // Behind somebody else who waits it may be long until its turn comes.
      await Promise.race([round, aborted.promise])
    } finally {
      signal?.removeEventListener('abort', abort)
    }
    return state.hasChanges
  }

  /** Runs the work when everything enqueued before is settled, however it ended. */
  #enqueue<Result>(kind: 'command' | 'wait', work: () => Promise<Result>): Promise<Result> {
    const weight = kind === 'command' ? 1 : 0
    this.#commands += weight
    // Who only waits does not disturb another who does.
    if (kind === 'command') this.#endIdle?.()
    const result = this.#lastCommand.then(work)
    const settle = (): void => {
      this.#commands -= weight
    }
    this.#lastCommand = result.then(settle, settle)
    return result
  }

  async #drive<Result>(command: Dialog<Result>): Promise<Result> {
    try {
      return await drive(command, this.#connection)
    } catch (error) {
      if (!this.session.channel.isInStep) this.#drop(error)
      throw error
    }
  }

  /** Nobody knows any more which response belongs to which command. */
  #drop(cause: unknown): void {
    const reason = 'an earlier command failed half-way'
    this.#connection.close(new ConnectionLost('the IMAP session', { reason, cause }))
  }
}
