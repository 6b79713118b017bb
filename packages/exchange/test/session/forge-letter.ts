import { parseNodeCode } from '@obmen/exchange'
import type { PostedLetter } from '@obmen/exchange/testing'

import type { TableSum } from '../../src/message/check-line.ts'
import { FIRST_EPOCH } from '../../src/plan/epoch.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'
import { composeContent } from '../../src/session/message-content.ts'
import { PLAN } from '../world.ts'

/** A letter without rows from `С01` to the head office that says what somebody wants it to say. */
export function forgeLetter(
  said: Partial<MessageHeader>,
  checks: readonly TableSum[] = [],
): PostedLetter {
  const header: MessageHeader = {
    plan: PLAN,
    from: parseNodeCode('С01'),
    to: parseNodeCode('ЦБ'),
    epoch: FIRST_EPOCH,
    messageNo: toMessageNo(1),
    uuid: crypto.randomUUID(),
    baseNo: NO_MESSAGE,
    predecessors: [],
    writtenAt: 0,
    ...said,
  }
  const { content } = composeContent(header, { body: undefined, checks })
  const octets = Buffer.concat([
    Buffer.from(content.head, 'base64'),
    Buffer.from(content.tail, 'base64'),
  ])
  return { name: header, hint: header, octets }
}
