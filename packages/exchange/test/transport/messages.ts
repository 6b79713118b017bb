import {
  type Inbox,
  type OutgoingMessage,
  parseNodeCode,
  parsePlanName,
  type WaitingMessage,
} from '@obmen/exchange'

import { FIRST_EPOCH } from '../../src/plan/epoch.ts'
import { NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'

export const ADDRESS = 'obmen@example.org'
export const PASSWORD = 'tanstaaf'
export const PLAN = parsePlanName('План')
export const OFFICE = parseNodeCode('ЦБ')
export const SHOP = parseNodeCode('С01')
export const MESSAGE = new TextEncoder().encode('the octets of a message')
export const UUID = '0b9c2d4e-0000-4000-8000-000000000001'

/** The message of this number from the head office to the shop. */
export function outgoing(no: number): OutgoingMessage {
  return {
    name: { plan: PLAN, from: OFFICE, to: SHOP, messageNo: toMessageNo(no) },
    hint: { uuid: UUID, baseNo: NO_MESSAGE, epoch: FIRST_EPOCH },
    rowCount: 1,
    writtenAt: 0,
    sizeOctets: MESSAGE.length,
    async *content() {
      yield await Promise.resolve(MESSAGE)
    },
  }
}

/** What an inbox gives for a message. */
export async function fetchText(inbox: Inbox, message: WaitingMessage): Promise<string> {
  const pieces: Uint8Array[] = []
  await inbox.fetch(message, (octets) => {
    pieces.push(octets)
  })
  return Buffer.concat(pieces).toString()
}
