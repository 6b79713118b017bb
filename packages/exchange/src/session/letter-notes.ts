/**
 * What was found out about letters, for as long as they stay in the mailbox: a server may not let them be deleted, or nobody but a person may remove them. What
 * was told and answered once is not told and answered at each exchange. A lost note costs another word, no more.
 */
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'

import { compareEpochs } from '../plan/epoch.ts'
import { judgeByMark } from '../plan/letter-mark.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { Reception } from '../plan/reception.ts'
import type { WaitingMessage } from '../transport/transport.ts'
import type { Finding, Spool } from './spool.ts'

/** The notes of one exchange, beside those of earlier ones. */
export class LetterNotes {
  readonly #spool: Spool
  /** Those of this exchange: another copy of the letter is another letter. */
  readonly #fresh = new Set<string>()

  constructor(spool: Spool) {
    this.#spool = spool
  }

  /** Whether an earlier exchange has found that. Nobody can say it of a letter without our mark. */
  has(finding: Finding, { hint }: WaitingMessage): boolean {
    if (hint === undefined) return false
    const path = this.#spool.note(finding, hint.uuid)
    return !this.#fresh.has(path) && existsSync(path)
  }

  /** What can be said of a letter unread: one that had no effect before has none either while its number is behind us. */
  judge(message: WaitingMessage, node: NodeState): Reception | undefined {
    const { hint, name } = message
    if (hint === undefined) return undefined
    const { messageNo } = name
    const byMark = judgeByMark({ ...hint, messageNo }, node)
    if (byMark !== undefined || !this.has('settled', message)) return byMark
    const isBehind = compareEpochs(hint.epoch, node.epoch) === 0 && messageNo <= node.receivedNo
    return isBehind ? { kind: 'duplicate', isRemembered: true } : undefined
  }

  async add(finding: Finding, { hint }: WaitingMessage): Promise<void> {
    if (hint === undefined) return
    const path = this.#spool.note(finding, hint.uuid)
    if (existsSync(path)) return
    this.#fresh.add(path)
    const file = await open(path, 'w', 0o600)
    await file.close()
  }
}
