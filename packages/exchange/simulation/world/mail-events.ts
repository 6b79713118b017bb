/** What happens to the mailbox while no node looks at it. */
import type { MessageFileName } from '@obmen/exchange'

import { nextMessageNo, toMessageNo } from '../../src/plan/message-no.ts'
import { composeMessageLetter, withoutMark } from '../mail/compose.ts'
import { forge } from '../mail/damage.ts'
import type { Mailbox, MessageLetter } from '../mail/mailbox.ts'
import { composeStrangeLetter } from '../mail/strange-letter.ts'
import type { Forgery, Step } from './step.ts'
import type { World } from './world.ts'

/** A letter of the plan is lost. */
export function loseLetter(mailbox: Mailbox, plan: string, number: number): void {
  const letter = pick(mailbox.ofPlan(plan), number)
  if (letter !== undefined) mailbox.remove(new Set([letter]))
}

/** Somebody writes a letter that looks like one of the exchange. */
export async function forgeLetter(
  world: World,
  { letter: number, forgery }: Step & { readonly kind: 'forge' },
): Promise<void> {
  const letters = world.mailbox.ofPlan(world.planName).filter(({ message }) => !message.isFalse)
  const model = pick(letters, number)
  if (model === undefined) return
  const name = forgeName(world, model.message.name, forgery)
  const file = forge(model.message.file, forgery)
  const whole = await composeMessageLetter({ name, hint: NO_HINT, rowCount: 0, writtenAt: 0 }, file)
  world.mailbox.add({
    octets: withoutMark(whole),
    arrivesAtMs: model.arrivesAtMs,
    message: { name, file, content: undefined, isFalse: true, isTooNew: forgery === 'too new' },
  })
}

/** A letter comes that is none of the exchange's. */
export async function addStrangeLetter(
  world: World,
  { letter, strange }: Step & { readonly kind: 'strange letter' },
): Promise<void> {
  const model = pick(world.mailbox.ofPlan(world.planName), letter)
  const [from, to] = world.sites.map(({ plan }) => plan)
  if (from === undefined || to === undefined) return
  const first = {
    plan: from.name,
    from: from.thisNode,
    to: to.thisNode,
    messageNo: toMessageNo(1),
  }
  const octets = await composeStrangeLetter(strange, model?.message.name ?? first)
  world.mailbox.add({ octets, arrivesAtMs: 0 })
}

function pick(letters: readonly MessageLetter[], number: number): MessageLetter | undefined {
  return letters[number % Math.max(letters.length, 1)]
}

function forgeName({ sites }: World, name: MessageFileName, forgery: Forgery): MessageFileName {
  if (forgery === 'noise') return name
  if (forgery !== 'other node') return { ...name, messageNo: nextMessageNo(name.messageNo) }
  const others = sites.map(({ plan }) => plan.thisNode)
  return {
    ...name,
    to: others.find((code) => code !== name.to && code !== name.from) ?? name.from,
  }
}

/** Is taken away again. */
const NO_HINT = {
  epoch: { counter: 0, random: '' },
  uuid: '00000000-0000-4000-8000-000000000000',
  baseNo: toMessageNo(0),
}
