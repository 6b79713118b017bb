import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createEmptyCopy, createNorthwind } from './northwind.ts'
import { DemoSite } from './site.ts'
import type { Sites } from './story.ts'

/** Makes a folder for each site, with its database and the password of the mailbox. */
export function buildSites(folder: string, password: string): Sites {
  const office = new DemoSite(folder, 'ЦБ')
  const first = new DemoSite(folder, 'С01')
  const second = new DemoSite(folder, 'С02')
  for (const site of [office, first, second]) {
    mkdirSync(join(folder, site.code), { mode: 0o700 })
    writeFileSync(join(folder, site.passwordPath), `${password}\n`, { mode: 0o600 })
  }
  createNorthwind(office.databaseFile)
  for (const site of [first, second]) createEmptyCopy(site.databaseFile, office.databaseFile)
  return { office, first, second }
}
