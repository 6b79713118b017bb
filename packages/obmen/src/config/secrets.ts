import { existsSync } from 'node:fs'

import { Secret } from '@obmen/mail/smtp'

import { SecretMissing, type SecretReference } from '../errors/config-error.ts'
import type { Environment } from './load-config.ts'
import { readTextFile } from './read-file.ts'

/** A variable by this name is where a password is looked for when nothing else is said. */
export const DEFAULT_PASSWORD_VARIABLE = 'OBMEN_MAIL_PASSWORD'

/** The same for the password of a PostgreSQL database. */
export const DATABASE_PASSWORD_VARIABLE = 'OBMEN_DATABASE_PASSWORD'

/** Fetches the password that a configuration refers to. The last line end of a file does not belong to it. Throws {@link SecretMissing}. */
export function resolveSecret(reference: SecretReference, env: Environment): Secret {
  const text = reference.kind === 'env' ? env[reference.name] : readSecretFile(reference.path)
  if (text === undefined || text === '') throw new SecretMissing(reference)
  return new Secret(text)
}

function readSecretFile(path: string): string | undefined {
  return existsSync(path) ? readTextFile(path).replace(/\r?\n$/, '') : undefined
}
