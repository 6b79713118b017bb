import { planMail, type MailPlan } from './mail-plan.ts'
import type { SmtpSession } from './session.ts'
import type { QueuedLetter } from './transaction.ts'

/** Plans letters for one session, when their turn comes or while there is nothing else to do. */
export class MailPlanner {
  readonly #session: SmtpSession
  #ahead: { readonly letter: QueuedLetter; readonly plan: MailPlan } | undefined

  constructor(session: SmtpSession) {
    this.#session = session
  }

  /** The plan of a letter. Throws as {@link planMail}. */
  plan(letter: QueuedLetter): MailPlan {
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead?.letter === letter ? ahead.plan : this.#make(letter)
  }

  /** Makes the plan of a letter that still waits, and may never have its turn. Where that fails, it fails again when its turn comes. */
  planAhead(letter: QueuedLetter | undefined): void {
    if (letter === undefined) return
    try {
      this.#ahead = { letter, plan: this.#make(letter) }
    } catch {
      this.#ahead = undefined
    }
  }

  #make({ envelope, content }: QueuedLetter): MailPlan {
    return planMail(this.#session, envelope, content)
  }
}
