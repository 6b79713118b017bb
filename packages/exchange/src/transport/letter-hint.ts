/**
 * What is written on the outside of a letter, so that its receiver knows without opening it what can be applied now:
 *
 *     Obmen-Message: uuid=0b9c…; base=6; epoch=1
 */
import type { Epoch } from '../plan/epoch.ts'
import { toMessageNo } from '../plan/message-no.ts'
import type { MessageHint } from './transport.ts'

export const HINT_FIELD = 'Obmen-Message'

const HINT = /^uuid=([0-9a-f-]{36}); base=(\d{1,15}); epoch=(\d{1,15})(?:\.([0-9a-f-]{36}))?$/

export function formatHint({ uuid, baseNo, epoch }: MessageHint): string {
  return `uuid=${uuid}; base=${baseNo}; epoch=${formatEpoch(epoch)}`
}

function formatEpoch({ counter, random }: Epoch): string {
  return random === '' ? String(counter) : `${counter}.${random}`
}

/** Reads a hint, or gives `undefined` for anything else: it may have been refolded, altered or taken away. */
export function parseHint(text: string): MessageHint | undefined {
  const [, uuid, base, counter, random] = HINT.exec(text.trim().replaceAll(/\s+/g, ' ')) ?? []
  if (uuid === undefined || base === undefined || counter === undefined) return undefined
  return {
    uuid,
    baseNo: toMessageNo(Number(base)),
    epoch: { counter: Number(counter), random: random ?? '' },
  }
}
