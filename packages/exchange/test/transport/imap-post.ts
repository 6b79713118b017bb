import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'

import { type Inbox, SUBJECT_PREFIX, type WaitingMessage } from '@obmen/exchange'
import { MailTransport } from '@obmen/exchange/mail'
import { MailboxAddress } from '@obmen/mail/mime'
import { Secret } from '@obmen/mail/imap'
import { type CommandFate, type Mailbox, startMailHost } from '@obmen/mail/testing'

import { ADDRESS, fetchText, OFFICE, PASSWORD, PLAN, SHOP } from './messages.ts'

export const PERSONAL = 'Subject: hello\r\n\r\nhi\r\n'
export interface Post {
  readonly mailbox: Mailbox
  /** What was said by IMAP, without the login. */
  commands: string[]
  /** What becomes of a command by IMAP. */
  fateOf: (command: string) => CommandFate
  readonly sender: MailTransport
  readonly receiver: MailTransport
  /** What the receiver remembers. */
  readonly memory: { lines: ReadonlySet<string> }
}

interface PostOptions {
  readonly mailboxName?: string
  readonly imapWithout?: readonly string[]
}

/** Two nodes at a mail host; the shop receives by IMAP. */
export async function openPost(
  t: TestContext,
  { mailboxName, imapWithout = [] }: PostOptions = {},
): Promise<Post> {
  const host = await startMailHost({
    accounts: [{ address: ADDRESS, password: PASSWORD, mailboxes: ['Обмен'] }],
    imapWithout,
    onCommand: (protocol, line) => {
      if (protocol !== 'imap' || line.startsWith('AUTHENTICATE')) return 'proceed'
      post.commands.push(line)
      return post.fateOf(line)
    },
  })
  const memory = { lines: new Set<string>() as ReadonlySet<string> }
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const address = MailboxAddress.parse(ADDRESS)
  const common = { address, subjectPrefix: SUBJECT_PREFIX }
  const smtp = { ...host.smtp, tls: 'none', credentials } as const
  const foreignLetters = {
    all: () => memory.lines,
    replace: (lines: ReadonlySet<string>) => {
      memory.lines = lines
    },
  }
  const named = mailboxName !== undefined && { mailbox: mailboxName }
  const open = (thisNode: typeof OFFICE): MailTransport =>
    new MailTransport({
      ...common,
      plan: { name: PLAN, thisNode },
      smtp,
      imap: { ...host.imap, tls: 'none', credentials, ...named },
      foreignLetters,
    })
  const post: Post = {
    mailbox: host.mailbox(ADDRESS),
    commands: [],
    fateOf: () => 'proceed',
    memory,
    sender: open(OFFICE),
    receiver: open(SHOP),
  }
  t.after(async () => {
    await post.sender.close()
    await post.receiver.close()
    await host.close()
  })
  return post
}

/** The commands that begin so. */
export function sent({ commands }: Post, beginning: string): readonly string[] {
  return commands.filter((command) => command.startsWith(beginning))
}

export function flagsOf({ mailbox }: Post, uid: number): readonly string[] {
  return [...(mailbox.letter(uid)?.flags ?? [])]
}

/** Looks into the mailbox, does what is to be done, and closes it. */
export async function look(
  post: Post,
  act: (inbox: Inbox, waiting: readonly WaitingMessage[]) => Promise<void> = () =>
    Promise.resolve(),
): Promise<{ readonly waiting: number; readonly unreadable: number }> {
  post.commands = []
  const inbox = await post.receiver.openInbox()
  try {
    const waiting = await inbox.waiting()
    await act(inbox, waiting)
    return { waiting: waiting.length, unreadable: inbox.unreadable?.length ?? 0 }
  } finally {
    await inbox.close()
  }
}

/** The text of the one message that waits. */
export async function lookAndFetch(post: Post): Promise<string> {
  let text = ''
  await look(post, async (inbox, [message]) => {
    assert.ok(message)
    text = await fetchText(inbox, message)
  })
  return text
}

export async function removeAll(inbox: Inbox, waiting: readonly WaitingMessage[]): Promise<void> {
  for (const message of waiting) await inbox.remove(message)
}
