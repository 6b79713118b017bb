import { exchange, type ExchangeContext, type ExchangeEvent } from '@obmen/exchange'
import {
  DeliveryDeferred,
  DeliveryRefused,
  DeliveryUnknown,
  MessageDamaged,
  MessageTooNew,
  NodeRunsTwice,
  RowRefused,
  SchemaMismatch,
} from '@obmen/exchange/errors'

import { simTransport } from '../mail/sim-transport.ts'
import { SimulatedFailure } from '../site/gate.ts'
import { gatedStore } from '../site/gated-store.ts'
import type { Site } from '../site/site.ts'
import { IdleTurns, ProcessTimers } from '../site/timers.ts'
import { checkPosted, checkRemoved, ownLetter } from './mail-rules.ts'
import { onCommit } from './on-commit.ts'
import type { ConnectionLoss, Fate, Mishap } from './step.ts'
import type { World } from './world.ts'
import { WorldFailure } from './world-failure.ts'

const GOOD_FATE: Fate = { verdict: 'taken', delaysMs: [0], damage: 'none', hint: 'kept' }

/** What is to go wrong in one exchange. */
export interface Trouble {
  /** What becomes of the letters, in their order; those behind the last fare well. */
  readonly fates: readonly Fate[]
  readonly mishap: Mishap | undefined
  readonly loss?: ConnectionLoss | undefined
}

/** One exchange of a site with all its peers, by the engine as it is. Gives whether it did all that it had to. */
export async function exchangeOnce(world: World, site: Site, trouble: Trouble): Promise<boolean> {
  site.hasChanged = false
  const context = contextOf(world, site, [...trouble.fates])
  const died = new Promise<'died'>((resolve) => {
    site.gate.arm(trouble.mishap, () => resolve('died'))
  })
  site.database.expectLoss(trouble.loss)
  const timers = new ProcessTimers()
  timers.watch()
  const ended = exchange(context).then(
    (results) => results.flatMap(({ errors }) => errors),
    (error: unknown) => [error],
  )
  const idle = new IdleTurns()
  const errors = await Promise.race([ended, died, idle.passed])
  idle.end()
  timers.end()
  // What starts again, and who looks at its database, finds it connected.
  site.database.expectLoss(undefined)
  if (errors === 'idle') {
    const facts = `${site.name} waits for ever after ${site.gate.lastCall}`
    throw new WorldFailure('an exchange ends', facts)
  }
  if (errors === 'died') {
    world.tell?.(`  ${site.name} died at ${site.gate.lastCall}`)
    await site.restart()
  } else {
    for (const error of errors) judge(world, site, error)
  }
  site.gate.arm(undefined, () => undefined)
  return errors !== 'died' && !errors.some((error) => isOfFailure(error))
}

/** Whether a port failed: what was to come after that did not. */
function isOfFailure(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof SimulatedFailure)
}

/** The error, and what it came from. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}

function contextOf(world: World, site: Site, fates: Fate[]): ExchangeContext {
  const { shape, mailbox } = world
  return {
    store: gatedStore(
      { store: site.store, unheardCommits: () => site.database.unheardCommits },
      site.gate,
      (acts) => onCommit(world, site, acts),
    ),
    transport: simTransport({
      plan: site.plan,
      shape,
      mailbox,
      gate: site.gate,
      nowMs: () => world.nowMs,
      nextFate: () => fates.shift() ?? GOOD_FATE,
      foreignLetters: site.database.foreignLetters,
      onPosted: (message, content) => checkPosted(world, site, { message, content }),
      onFetched: (letter) => {
        site.fetched = ownLetter(site, letter, 'fetches').message
        if (site.fetched.isFalse) site.falseLetters += 1
      },
      onRemoved: (letter) => checkRemoved(site, letter),
    }),
    spoolFolder: site.spoolFolder,
    // Each message says what the tables hold: that must never be said in vain.
    rules: { ...shape.rules, checkEveryMs: 0 },
    now: () => site.nowMs,
    newUuid: () => world.uuids.uuid(),
    onEvent: (event) => onEvent(world, site, event),
  }
}

function onEvent(world: World, site: Site, event: ExchangeEvent): void {
  world.tell?.(`  ${site.name}: ${describe(event)}`)
  // The exchange goes on after many an error, and says so.
  if ('error' in event) throwFailureIn(event.error)
  if (event.kind === 'difference') {
    const facts = `${site.name}: ${JSON.stringify(event.difference)}`
    throw new WorldFailure('tables are not found to differ while nobody alters them', facts)
  }
  if (event.kind === 'tried-again') {
    const waiting = world.mailbox.ofPlan(world.planName)
    site.fetched = waiting.find(({ message }) => message.content?.uuid === event.uuid)?.message
  }
  if (world.disturbed.size > 0) return
  if (event.kind === 'fork') {
    const facts = `${site.name}: ${JSON.stringify(event.evidence)}`
    throw new WorldFailure('a fork is seen only where a memory was lost', facts)
  }
  if (event.kind === 'offered-again' && event.reason === 'file-missing') {
    throw new WorldFailure('a message that was written is kept until it is taken', site.name)
  }
}

function describe(event: ExchangeEvent): string {
  return 'error' in event ? `${event.kind} ${event.error.message}` : JSON.stringify(event)
}

/** What must be true was found not to be, in a call of the engine. */
function throwFailureIn(error: unknown): void {
  for (const cause of causesOf(error)) if (cause instanceof WorldFailure) throw cause
}

/** Every error of an exchange has its cause in something that happened. */
function judge(world: World, site: Site, error: unknown): void {
  world.tell?.(`  ${site.name} reports ${String(error)}`)
  throwFailureIn(error)
  for (const cause of causesOf(error)) {
    if (cause instanceof SimulatedFailure) return
    if (cause instanceof DeliveryDeferred || cause instanceof DeliveryUnknown) return
    if (cause instanceof DeliveryRefused) return
    if (cause instanceof NodeRunsTwice && world.hasCopied) return
    if (cause instanceof MessageDamaged && site.falseLetters > 0) return
    if (cause instanceof MessageTooNew && site.falseLetters > 0) return
    if (cause instanceof SchemaMismatch && world.isWidened && !site.database.hasAddedColumn) return
    if (cause instanceof RowRefused && world.shape.isStrict === true) return
    if (site.isDiskLimited && 'errcode' in cause && cause.errcode === 13) return
  }
  throw new WorldFailure('an exchange fails only for a reason', `${site.name}: ${String(error)}`)
}
