/** Breakages of the way into the mailbox: letters of others are touched, and its own are not. */
import { type Mutation, one } from './mutation.ts'

const INBOX = 'transport/mail-inbox.ts'

export const LETTER_MUTATIONS: readonly Mutation[] = [
  one('takes letters of other plans', {
    file: INBOX,
    text: `name?.plan === plan.name && name.to`,
    replacement: `name?.to`,
  }),
  one('takes letters to other nodes', {
    file: INBOX,
    text: `name?.plan === plan.name && name.to === plan.thisNode`,
    replacement: `name?.plan === plan.name`,
  }),
  one('takes letters with another prefix', {
    file: 'message/file-name.ts',
    text: `text.startsWith(begin) ? parseFileName(text.slice(begin.length).trim())`,
    replacement: `text !== begin ? parseFileName(text.slice(Math.max(text.indexOf('Message_'), 0)))`,
  }),
  one('takes letters for their subject alone', {
    file: INBOX,
    text: `hasAttachment(beginning, name) ? { name }`,
    replacement: `beginning.length > 0 ? { name }`,
  }),
  one('removes letters that are none of its own', {
    file: INBOX,
    text: `if (message === 'foreign') foreign.add(head.number)`,
    replacement: `if (message === 'foreign') await this.#letterBox.remove(head.number)`,
  }),
  one('removes every letter with the prefix', {
    file: INBOX,
    text: `    if (name === undefined) return undefined\n`,
    replacement:
      `    const subject = header.first('Subject') ?? ''\n` +
      `    if (name === undefined && subject.startsWith(this.#options.subjectPrefix)) this.#leftBehind.push(letter)\n` +
      `    if (name === undefined) return undefined\n`,
  }),
  one('removes the letter that lies beside', {
    file: INBOX,
    text: `this.#letterBox.remove(this.#numberOf(message))`,
    replacement: `this.#letterBox.remove(Math.max(1, this.#numberOf(message) - 1))`,
  }),
  one('remembers its own letters as those of others', {
    file: INBOX,
    text: `else if (message !== 'later') this.#keep(message, head)`,
    replacement: `else if (message !== 'later') foreign.add(head.number), this.#keep(message, head)`,
  }),
  one('tells plans apart by the beginning of their names', {
    file: INBOX,
    text: `name?.plan === plan.name &&`,
    replacement: `name?.plan.startsWith(plan.name) &&`,
  }),
]
