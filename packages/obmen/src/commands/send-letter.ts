import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'

import {
  type AddressListEntry,
  formatMessageId,
  type MailboxAddress,
  mailboxesOf,
  type MessageDraft,
  parseAddressList,
} from '@obmen/mail/mime'
import { type Envelope, ForwardPath, ReversePath, uniqueRecipients } from '@obmen/mail/smtp'

import { readTextFile } from '../config/read-file.ts'
import { UsageError } from '../errors/usage-error.ts'
import { attachFile } from '../site/attached-file.ts'
import type { Invocation } from './command.ts'

/** What stands for standard input. */
const STANDARD_INPUT = '-'

/** A letter, and whom it goes to. */
export interface WrittenLetter {
  readonly draft: MessageDraft
  readonly envelope: Envelope
}

/**
 * Makes a letter of what the command line says. Date, identifier and boundary are made here. Throws {@link UsageError}, {@link AddressInvalid}, and for
 * a file that can't be read what the file system throws.
 */
export async function readLetter(
  invocation: Invocation,
  from: MailboxAddress,
): Promise<WrittenLetter> {
  const { io, options } = invocation
  const [to, cc, bcc] = ['to', 'cc', 'bcc'].map((name) => readAddresses(invocation, name))
  const envelope = makeEnvelope(from, [to, cc, bcc])
  checkContent(invocation)
  const uuid = randomUUID()
  const [text, html] = [await readText(invocation), readHtml(invocation)]
  const subject = options.text('subject')
  const draft: MessageDraft = {
    from,
    ...(to !== undefined && { to }),
    ...(cc !== undefined && { cc }),
    ...(subject !== undefined && { subject }),
    date: new Date(io.now()),
    messageId: formatMessageId(uuid, from.domain),
    boundary: uuid.replaceAll('-', ''),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    attachments: options.texts('attach').map((path) => attachFile(resolve(io.cwd, path))),
  }
  return { draft, envelope }
}

function readAddresses(
  { options }: Invocation,
  name: string,
): readonly AddressListEntry[] | undefined {
  const entries = options.texts(name).flatMap(parseAddressList)
  return entries.length === 0 ? undefined : entries
}

/** Everybody once, however often somebody is named. */
function makeEnvelope(
  from: MailboxAddress,
  lists: readonly (readonly AddressListEntry[] | undefined)[],
): Envelope {
  const mailboxes = mailboxesOf(lists.flatMap((list) => list ?? []))
  const [first, ...others] = uniqueRecipients(mailboxes.map((mailbox) => ForwardPath.of(mailbox)))
  if (first === undefined) throw missing('--to')
  return { reversePath: ReversePath.of(from), forwardPaths: [first, ...others] }
}

function checkContent({ options }: Invocation): void {
  if (options.text('subject') === undefined) throw missing('--subject')
  const hasContent = ['text', 'html'].some((name) => options.text(name) !== undefined)
  if (!hasContent && options.texts('attach').length === 0) throw missing('--text')
}

async function readText({ io, options }: Invocation): Promise<string | undefined> {
  const text = options.text('text')
  return text === STANDARD_INPUT ? io.input() : text
}

function readHtml({ io, options }: Invocation): string | undefined {
  const path = options.text('html')
  return path === undefined ? undefined : readTextFile(resolve(io.cwd, path))
}

function missing(option: string): UsageError {
  return new UsageError({ kind: 'options-missing', options: [option] }, { command: 'send' })
}
