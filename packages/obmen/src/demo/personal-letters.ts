import { randomUUID } from 'node:crypto'

import {
  composeMessage,
  formatMessageId,
  MailboxAddress,
  type MessageDraft,
  parseHeaderSection,
} from '@obmen/mail/mime'
import { ForwardPath, openSmtp, ReversePath, Secret } from '@obmen/mail/smtp'
import type { Mailbox, StoredLetter } from '@obmen/mail/testing'

import { ADDRESS } from './mail-room.ts'

/** A letter from one person to another. */
export interface PersonalLetter {
  readonly from: string
  readonly subject: string
  readonly text: string
}

export interface PersonalPost {
  readonly port: number
  readonly password: string
  /** Wall clock in milliseconds. */
  readonly nowMs: number
}

/** Sends letters of people to the mailbox of the exchange, as any mail program would. */
export async function sendPersonalLetters(
  letters: readonly PersonalLetter[],
  post: PersonalPost,
): Promise<void> {
  await using smtp = await openSmtp({
    host: '127.0.0.1',
    port: post.port,
    tls: 'none',
    credentials: { user: ADDRESS, password: new Secret(post.password) },
  })
  for (const letter of letters) {
    const from = MailboxAddress.parse(letter.from)
    const draft = draftOf(letter, from, post.nowMs)
    const envelope = {
      reversePath: ReversePath.of(from),
      forwardPaths: [ForwardPath.parse(`<${ADDRESS}>`)],
    } as const
    await smtp.send(envelope, composeMessage(draft))
  }
}

function draftOf(letter: PersonalLetter, from: MailboxAddress, nowMs: number): MessageDraft {
  return {
    from,
    to: [MailboxAddress.parse(ADDRESS)],
    subject: letter.subject,
    date: new Date(nowMs),
    messageId: formatMessageId(randomUUID(), from.domain),
    boundary: randomUUID().replaceAll('-', ''),
    text: letter.text,
  }
}

/** A letter as a mail program lists it. */
export interface ListedLetter {
  readonly from: string
  readonly subject: string
  readonly isRead: boolean
}

/** The letters of a mailbox as a person sees them. Looking at the list reads no letter. */
export function listLetters(mailbox: Mailbox): readonly ListedLetter[] {
  return mailbox.letters().map((letter) => listLetter(letter))
}

function listLetter({ octets, isRead }: StoredLetter): ListedLetter {
  const header = parseHeaderSection(octets)
  return { from: header.first('From') ?? '', subject: header.first('Subject') ?? '', isRead }
}
