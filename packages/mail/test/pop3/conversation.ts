import { readFileSync } from 'node:fs'
import { Secret } from '../../src/base/secret.ts'
import { concatOctets, textOf } from '../../src/base/octets.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import { DEFAULT_POP3_LIMITS } from '../../src/pop3/limits.ts'
import type { Pop3Limits } from '../../src/pop3/limits.ts'
import type { Maildrop } from '../../src/pop3/maildrop.ts'
import { openMaildrop } from '../../src/pop3/session.ts'
import type { Pop3SessionOptions } from '../../src/pop3/session.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { environment } from '../sasl/context.ts'

/** The password of all tests here. */
export const PASSWORD = 'tanstaaf'

export const credentials: PasswordCredentials = { user: 'tim', password: new Secret(PASSWORD) }

/** A transcript of `test/transcripts/pop3`. */
export function transcript(name: string): string {
  return readFileSync(new URL(`../transcripts/pop3/${name}.txt`, import.meta.url), 'utf8')
}

/** Logs in, over TLS from the first octet unless the options say otherwise. */
export function logIn(options: Partial<Pop3SessionOptions> = {}): Dialog<Maildrop> {
  return openMaildrop({
    tls: 'implicit',
    credentials,
    deadlines: DEFAULT_DEADLINES,
    limits: DEFAULT_POP3_LIMITS,
    environment,
    ...options,
  })
}

/** Everything that can be read from a maildrop. */
export interface Read {
  readonly count: number
  readonly sizes: readonly number[]
  readonly ids: readonly (string | undefined)[] | undefined
  readonly tops: readonly string[]
  readonly letters: readonly string[]
}

/** A whole session: everything is read, everything is deleted. */
export function* readAll(options: Partial<Pop3SessionOptions> = {}): Dialog<Read> {
  const maildrop = yield* logIn(options)
  const { count } = yield* maildrop.stat()
  const sizes = yield* maildrop.list()
  const ids = yield* maildrop.uniqueIds()
  const tops: string[] = []
  const letters: string[] = []
  for (const number of sizes.keys()) {
    tops.push(textOf(yield* maildrop.top(number, 0)))
    letters.push(yield* letterText(maildrop, number))
    yield* maildrop.delete(number)
  }
  yield* maildrop.quit()
  return { count, sizes: [...sizes.values()], ids: ids && [...ids.values()], tops, letters }
}

/** A letter as text. */
export function* letterText(maildrop: Maildrop, number: number): Dialog<string> {
  const pieces: Uint8Array[] = []
  yield* maildrop.retrieve(number, (octets) => {
    pieces.push(octets)
  })
  return textOf(concatOctets(pieces))
}

/** A login at a server without CAPA. */
export const LOGIN = `
  S: +OK ready
  C: CAPA
  S: -ERR
  C: USER tim
  S: +OK
  C: PASS tanstaaf
  S: +OK`

/** A login at a server that announces UIDL and TOP. */
export const LOGIN_WITH_UIDL_AND_TOP = `
  S: +OK ready
  C: CAPA
  S: +OK
  S: UIDL
  S: TOP
  S: SASL PLAIN
  S: .
  C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
  S: +OK`

/** A login at a server that takes commands ahead of its answers. */
export const LOGIN_WITH_PIPELINING = `
  S: +OK ready
  C: CAPA
  S: +OK
  S: TOP
  S: PIPELINING
  S: SASL PLAIN
  S: .
  C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
  S: +OK`

/** Logs in and goes on with what the test is about. */
export function* inMaildrop<Result>(
  commands: (maildrop: Maildrop) => Dialog<Result>,
  limits: Partial<Pop3Limits> = {},
): Dialog<Result> {
  return yield* commands(yield* logIn({ limits: { ...DEFAULT_POP3_LIMITS, ...limits } }))
}
