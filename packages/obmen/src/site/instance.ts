import { readFileSync, realpathSync } from 'node:fs'
import { hostname } from 'node:os'

import type { Config } from '../config/config.ts'

/** Where systemd keeps the number of a machine. A container has none, and another host name at each start. */
const MACHINE_ID = '/etc/machine-id'

/**
 * Where the database of a configuration is, in words that stay the same as long as it is the same one; `undefined` for one of a server,
 * which may be reached by several names.
 */
export function instanceOf({ database, postgres }: Config): string | undefined {
  return postgres === undefined ? `${realpathSync(database)} on ${machineName()}` : undefined
}

function machineName(): string {
  if (process.platform !== 'linux') return hostname()
  try {
    return `machine ${readFileSync(MACHINE_ID, 'utf8').trim().slice(0, 8)}`
  } catch {
    return 'this machine'
  }
}
