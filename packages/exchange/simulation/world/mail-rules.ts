/** What must hold of each letter that a node posts, reads or removes. */
import type { OutgoingMessage } from '@obmen/exchange'

import { compareEpochs } from '../../src/plan/epoch.ts'
import { isStopped } from '../../src/plan/standing.ts'
import type { Letter, MessageLetter } from '../mail/mailbox.ts'
import type { LetterContent } from '../model/letter-rows.ts'
import { compareStates, describeState } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import { oneWayBy, type WorldShape } from './shape.ts'
import type { World } from './world.ts'
import { WorldFailure } from './world-failure.ts'

/** A letter was taken, or may have been. */
export function checkPosted(
  world: World,
  site: Site,
  { message, content }: { readonly message: OutgoingMessage; readonly content: LetterContent },
): void {
  world.keys.onPosted(site, content.rows.keys())
  if (world.disturbed.has(site.node)) return
  const { name, hint } = message
  const { counter, random } = hint.epoch
  const number = [name.from, name.to, counter, random, name.messageNo].join('/')
  const known = world.numbers.get(number) ?? hint.uuid
  world.numbers.set(number, known)
  if (known !== hint.uuid) throw new WorldFailure('a number stands for one message', number)
  for (const id of content.rows.keys()) {
    if (site.node === 0 || oneWayBy(world.shape, id) !== 'nodes') continue
    throw new WorldFailure('what goes one way does not go the other way', `${id} of ${name.from}`)
  }
  if (world.disturbed.size > 0 || !travelsOnce(world.shape, site)) return
  for (const [id, state] of content.rows) {
    const own = site.model.rows.get(id)
    const isFromThere = site.model.sources.get(id) === name.to
    if (!isFromThere || own === undefined || compareStates(own, state) !== 0) continue
    if (site.database.hasAddedColumn && state.origin === name.from) continue
    const facts = `${describeState(state)} from ${name.from} to ${name.to}`
    throw new WorldFailure('nothing is sent to where it came from', facts)
  }
}

/**
 * A row that left a share and enters it again has to be sent, whoever made it; one that waited comes from any that had it. And what a node made itself, and got back into a table
 * with a column more, nobody else has with that column.
 */
function travelsOnce({ tables, zones }: WorldShape, site: Site): boolean {
  const refuses = tables.some(
    ({ unique, refusingNode, parent }) => (unique ?? refusingNode ?? parent) !== undefined,
  )
  return !refuses && (zones === undefined || site.node > 0)
}

/** The letter, which must be one to this node of this plan. */
export function ownLetter({ plan, name }: Site, letter: Letter, act: string): MessageLetter {
  const { message } = letter
  if (message?.name.plan === plan.name && message.name.to === plan.thisNode) {
    return { ...letter, message }
  }
  const facts = `${name} ${act} ${letter.uniqueId}`
  throw new WorldFailure('no letter of others is touched', facts)
}

/** A letter goes only when its message was applied, or is of no use any more: that is known of what was committed. */
export function checkRemoved(site: Site, letter: Letter): void {
  const { name, content, isFalse } = ownLetter(site, letter, 'removes').message
  const state = site.states.get(name.from)
  if (isFalse || content === undefined || state === undefined) return
  const isPast = compareEpochs(content.epoch, state.epoch) < 0
  if (isPast || name.messageNo <= state.receivedNo) return
  // Nothing is exchanged, until everything is offered anew.
  if (isStopped(state)) return
  const facts = `message ${name.messageNo} of ${name.from} at ${site.name}`
  throw new WorldFailure('a letter goes when its message is committed', facts)
}
