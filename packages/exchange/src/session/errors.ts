import { ExchangeError } from '../plan/exchange-error.ts'
import type { FolderOwner } from './folder-owner.ts'

/** A spool folder that another node exchanges with: the two would clean away each other's messages, and count each other's keys. */
export class SpoolOfAnotherNode extends ExchangeError {
  readonly code = 'SPOOL_OF_ANOTHER_NODE'
  readonly transient = false
  readonly folder: string
  readonly owner: FolderOwner
  readonly wanted: FolderOwner

  constructor(folder: string, owner: FolderOwner, wanted: FolderOwner) {
    const [has, is] = [owner, wanted].map(({ plan, node }) => `node ${node} of ${plan}`)
    super(`${folder} holds the messages of ${has}, and this is ${is}`, {
      hint: 'give each node a spool folder of its own (spool in its configuration); if that node is gone for good, remove the folder',
    })
    this.folder = folder
    this.owner = owner
    this.wanted = wanted
  }
}
