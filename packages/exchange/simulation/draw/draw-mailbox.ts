import type { Random } from '../random/random.ts'
import type { Step } from '../world/step.ts'
import { DAY_MS } from '../world/times.ts'

/** Draws what happens in the mailbox while nobody of the exchange looks. */
export class MailboxDrawer {
  readonly #mail: Random
  readonly #faults: Random

  constructor({ mail, faults }: { readonly mail: Random; readonly faults: Random }) {
    this.#mail = mail
    this.#faults = faults
  }

  shuffle(): Step {
    return { kind: 'shuffle', by: this.#mail.below(7) }
  }

  lose(): Step {
    return { kind: 'lose', letter: this.#mail.below(5) }
  }

  refuse(): Step {
    return { kind: 'refuse', ms: this.#mail.below(5 * DAY_MS) }
  }

  forge(): Step {
    const forgery = this.#faults.pick(FORGERIES)
    return { kind: 'forge', letter: this.#faults.below(5), forgery }
  }

  strangeLetters(): Step[] {
    const random = this.#mail
    return Array.from({ length: random.between(1, 2) }, () => {
      const strange = random.pick(STRANGE_KINDS)
      return { kind: 'strange letter', letter: random.below(5), strange }
    })
  }
}

const FORGERIES = ['noise', 'empty', 'other number', 'other node', 'too new'] as const

const STRANGE_KINDS = [
  'personal',
  'answer',
  'other prefix',
  'no prefix',
  'no attachment',
  'other attachments',
  'attachment of another',
  'other plan',
  'other node',
  'unreadable name',
] as const
