import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { MailboxAddress } from '@obmen/mail/mime'

import type { MailServerSetting } from '../config/config.ts'
import { configPath, loadFileAlone } from '../config/load-config.ts'
import { parseMailUrl } from '../config/mail-url.ts'
import { rawText } from '../config/raw-setting.ts'
import { DEFAULT_PASSWORD_VARIABLE } from '../config/secrets.ts'
import { readValue } from '../config/settings.ts'
import { UsageError } from '../errors/usage-error.ts'
import { MailUrlInvalid } from '../errors/value-error.ts'
import type { Invocation } from './command.ts'
import { configOf, sourcesOf } from './configuration.ts'
import { readPasswordOption } from './password-option.ts'

/** Who sends a letter, and through which server. */
export interface Sender {
  readonly server: MailServerSetting
  readonly from: MailboxAddress
}

/**
 * What the command line says of server and sender, and for what it doesn't say, the configuration. With `--server` none is needed. Throws
 * {@link UsageError}, {@link ConfigInvalid} and {@link AddressInvalid}.
 */
export function readSender(invocation: Invocation): Sender {
  const { options } = invocation
  const from = options.text('from')
  const url = options.text('server')
  if (url === undefined) {
    const { send, address } = siteOf(invocation)
    return {
      server: withOptions(invocation, send),
      from: from === undefined ? address : MailboxAddress.parse(from),
    }
  }
  const server = withOptions(invocation, readServer(url))
  return {
    server,
    from: from === undefined ? defaultFrom(invocation, server) : MailboxAddress.parse(from),
  }
}

/** The configuration of the site. Where there is none, `--server` is what is missing. */
function siteOf(invocation: Invocation): ReturnType<typeof configOf> {
  const { io, options } = invocation
  const isNamed = options.text('config') !== undefined
  if (!isNamed && !existsSync(resolve(io.cwd, configPath(sourcesOf(invocation))))) {
    throw missing('--server')
  }
  return configOf(invocation)
}

function readServer(text: string): MailServerSetting {
  const setting = rawText(text, { kind: 'option', option: '--server' })
  const url = readValue(setting, 'server', (value) => parseMailUrl(value, 'send'))
  const password = { kind: 'env', name: DEFAULT_PASSWORD_VARIABLE } as const
  return { url, ...(url.user !== undefined && { password }) }
}

/** A server as the options `--password-…`, `--ca` and `--servername` change it. */
function withOptions(invocation: Invocation, server: MailServerSetting): MailServerSetting {
  const { io, options } = invocation
  const reference = readPasswordOption(invocation, 'send')
  const caFile = options.text('ca')
  const servername = options.text('servername')
  if (reference !== undefined && server.url.user === undefined) {
    throw new MailUrlInvalid({ kind: 'user-missing' }, ['smtps://user@mail.example.org'])
  }
  const password =
    reference?.kind === 'file'
      ? ({ kind: 'file', path: resolve(io.cwd, reference.path) } as const)
      : reference
  return {
    ...server,
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { caFile: resolve(io.cwd, caFile) }),
    ...(servername !== undefined && { servername }),
  }
}

/** Whoever logs in by an address sends from it; otherwise the mailbox of the site does, if there is one. */
function defaultFrom(invocation: Invocation, { url }: MailServerSetting): MailboxAddress {
  if (url.user?.includes('@') === true) return MailboxAddress.parse(url.user)
  const address = loadFileAlone(sourcesOf(invocation))?.address
  if (address === undefined) throw missing('--from')
  return address
}

function missing(option: string): UsageError {
  return new UsageError({ kind: 'options-missing', options: [option] }, { command: 'send' })
}
