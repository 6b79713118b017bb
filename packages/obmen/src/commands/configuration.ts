import { relative } from 'node:path'

import type { Config } from '../config/config.ts'
import { isDatabaseUrl } from '../config/database-url.ts'
import { type ConfigSources, loadConfig } from '../config/load-config.ts'
import { openSite, type Site } from '../site/open-site.ts'
import type { Invocation } from './command.ts'

/** What the configuration of a call is read from. */
export function sourcesOf({ io, options }: Invocation): ConfigSources {
  return { path: options.text('config'), cwd: io.cwd, env: io.env, options: options.settings() }
}

/** The configuration of a call. Throws {@link ConfigNotFound} and {@link ConfigInvalid}. */
export function configOf(invocation: Invocation): Config {
  return loadConfig(sourcesOf(invocation))
}

/** A path as it is shortest from where the command was given. */
export function shownPath({ io }: Invocation, path: string): string {
  if (isDatabaseUrl(path)) return path
  const fromHere = relative(io.cwd, path)
  return fromHere.startsWith('..') ? path : fromHere
}

/** The site of the configuration that a command was called with. For a trial, nothing that is done to it stays. */
export function siteOf(
  invocation: Invocation,
  options: { readonly isTrial?: boolean; readonly workers?: number } = {},
): Promise<Site> {
  return openSite(configOf(invocation), { ...options, env: invocation.io.env })
}

/** A command to be typed next, on the same configuration: `obmen exchange --config trade.yaml`. */
export function commandLine(invocation: Invocation, words: string): string {
  const path = invocation.options.text('config')
  return `obmen ${words}${path === undefined ? '' : ` --config ${quote(path)}`}`
}

/** As a shell takes it. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
