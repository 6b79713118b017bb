import { chownSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'

import { MAIL_USER_ID } from './dovecot.ts'
import { writeLargeLetter } from './large-letter.ts'
import { recipientOf, SENDER, SENDER_NAME, SUBJECT, textOf } from './letter.ts'

/** The letters came one a second, from this time on. */
const FIRST_LETTER_SECONDS = 1_790_000_000

/** A number that stands in no letter by itself. */
const NUMBER_IN_TEMPLATE = '707070707'

/** Puts so many small letters of people into a maildir, which then has no others. */
export async function fillMaildir(maildir: string, count: number): Promise<void> {
  const template = await composeTemplate()
  const folder = makeMaildir(maildir)
  for (let number = 0; number < count; number += 1) {
    add(folder, number, (path) => {
      writeFileSync(path, template.replaceAll(NUMBER_IN_TEMPLATE, String(number)))
    })
  }
}

/** Puts letters beside those that are there. */
export function addLetters(maildir: string, letters: readonly Uint8Array[]): void {
  const folder = makeMaildir(maildir)
  const first = readdirSync(folder).length
  for (const [index, letter] of letters.entries()) {
    add(folder, first + index, (path) => writeFileSync(path, letter))
  }
}

/** Puts a letter with a file of so many megabytes into an empty maildir. */
export function addLargeLetter(maildir: string, megabytes: number): void {
  add(makeMaildir(maildir), 0, (path) => writeLargeLetter(path, megabytes))
}

/** A letter's name says when it came and how large it is, as Dovecot writes it. */
function add(folder: string, number: number, write: (path: string) => void): void {
  const path = join(folder, '..', 'tmp', String(number))
  write(path)
  chownSync(path, MAIL_USER_ID, MAIL_USER_ID)
  const { size } = statSync(path)
  const name = `${FIRST_LETTER_SECONDS + number}.M${number}P1.bench,S=${size},W=${size}:2,S`
  renameSync(path, join(folder, name))
}

/** Makes its folders, and returns the one that letters lie in. */
function makeMaildir(maildir: string): string {
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name), { recursive: true })
  const names = ['cur', 'new', 'tmp', '.'].map((name) => join(maildir, name))
  for (const path of [...names, dirname(maildir)]) chownSync(path, MAIL_USER_ID, MAIL_USER_ID)
  return join(maildir, 'cur')
}

async function composeTemplate(): Promise<string> {
  const letter = composeMessage({
    from: MailboxAddress.parse(`"${SENDER_NAME}" <${SENDER}>`),
    to: [MailboxAddress.parse(recipientOf(0))],
    subject: SUBJECT,
    date: new Date(FIRST_LETTER_SECONDS * 1000),
    messageId: formatMessageId(NUMBER_IN_TEMPLATE, 'example.org'),
    boundary: NUMBER_IN_TEMPLATE.repeat(2),
    text: textOf(0),
  })
  const pieces: Uint8Array[] = []
  for await (const piece of letter) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}
