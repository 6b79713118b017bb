import { compareEpochs, type Epoch } from './epoch.ts'
import type { MessageNo } from './message-no.ts'
import type { MessageIdentity, NodeState } from './node-state.ts'
import type { Reception } from './reception.ts'

/** What the outside of a letter says of the message in it. It saves a download, and nothing more: it may be forged. */
export interface LetterMark extends MessageIdentity {
  readonly epoch: Epoch
  readonly baseNo: MessageNo
}

/**
 * What a letter's mark tells without a download; `undefined` when the message itself has to be read. A letter that
 * has to wait is read once all the same: it may ask for something itself, or show that we were restored from a backup.
 */
export function judgeByMark(mark: LetterMark, sender: NodeState): Reception | undefined {
  const epochs = compareEpochs(mark.epoch, sender.epoch)
  if (epochs < 0) return { kind: 'stale' }
  if (epochs > 0) return undefined
  if (mark.messageNo > sender.receivedNo) {
    const hasWaited = mark.messageNo <= sender.gapBefore
    return hasWaited && mark.baseNo > sender.receivedNo ? { kind: 'gap' } : undefined
  }
  const received = sender.received.find(({ messageNo }) => messageNo === mark.messageNo)
  return received?.uuid === mark.uuid ? { kind: 'duplicate', isRemembered: true } : undefined
}
