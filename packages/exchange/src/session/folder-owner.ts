/**
 * Whose messages and marks lie in a folder. Several sites of one machine may have their configurations side by side, and by an oversight one
 * spool folder: each would remove what the other one has still to send, and take the other one's keys for its own.
 */
import { existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

import type { ExchangePlan } from '../plan/exchange-plan.ts'
import { SpoolOfAnotherNode } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/** A node of a plan. */
export interface FolderOwner {
  readonly plan: string
  readonly node: string
}

/** Makes a folder that is this node's from now on. Throws {@link SpoolOfAnotherNode}. */
export async function claimFolder(folder: string, { name, thisNode }: ExchangePlan): Promise<void> {
  await makeFolder(folder)
  const path = join(folder, 'owner.json')
  const wanted = { plan: name, node: thisNode }
  const owner = readOwner(path)
  if (owner === undefined) return writeOwner(path, wanted)
  if (owner.plan !== wanted.plan || owner.node !== wanted.node) {
    throw new SpoolOfAnotherNode(folder, owner, wanted)
  }
}

/** A file that a failing disk has damaged says nothing. */
function readOwner(path: string): FolderOwner | undefined {
  if (!existsSync(path)) return undefined
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(readFileSync(path)))
    if (typeof json !== 'object' || json === null) return undefined
    if (!('plan' in json) || typeof json.plan !== 'string') return undefined
    if (!('node' in json) || typeof json.node !== 'string') return undefined
    return { plan: json.plan, node: json.node }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Who reads it half written takes it for damaged, and writes the same. */
async function writeOwner(path: string, owner: FolderOwner): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(owner))
  } finally {
    await file.close()
  }
}
