import type { SecretReference } from '../errors/config-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { Invocation } from './command.ts'

/** Where `--password-env` or `--password-file` of a command say that the password is, as it was written. Throws {@link UsageError} for both. */
export function readPasswordOption(
  { options }: Invocation,
  command: string,
): SecretReference | undefined {
  const name = options.text('password-env')
  const path = options.text('password-file')
  if (name !== undefined && path !== undefined) {
    const both = ['--password-env', '--password-file']
    throw new UsageError({ kind: 'options-exclude-each-other', options: both }, { command })
  }
  if (path !== undefined) return { kind: 'file', path }
  return name === undefined ? undefined : { kind: 'env', name }
}
