import { NodeUnknown } from '../plan/errors.ts'
import { StoreMoved } from '../store/errors.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { Survey } from '../store/change-store.ts'
import type { Inbox, WaitingMessage } from '../transport/transport.ts'
import { DEFAULT_KEEP_DELETIONS_DAYS, type ExchangeContext } from './exchange-context.ts'
import { claimFolder } from './folder-owner.ts'
import { KeyBlocks } from './key-blocks.ts'
import { isTransient } from './outgoing.ts'
import { receiveChanges } from './receive-in-order.ts'
import type { ReceivingSummary } from './receiving-summary.ts'
import { sendChanges } from './send-changes.ts'
import type { Sending, SendingSummary } from './sending.ts'
import { Spool } from './spool.ts'
import type { MessageSender } from './waiting-messages.ts'

/** How an exchange with one node went. An error on one way does not keep the other way, or another node, from its turn. */
export interface NodeExchange {
  readonly node: NodeCode
  readonly received?: ReceivingSummary
  readonly sent?: SendingSummary
  readonly errors: readonly Error[]
}

/**
 * Exchanges with the nodes named, or with all: receives everything that can be applied in order, then sends changes
 * and acknowledgements. What fails with one node is in its result and blocks nobody else. When the mailbox can't be read now (it
 * is busy, or nobody answers), that is in the result of each node, and everything is sent all the same. What will not pass by
 * itself (the login is refused, the database is gone) rejects, and nothing is sent.
 *
 * @example
 * ```ts
 * import { type ExchangeContext, exchange } from '@obmen/exchange'
 *
 * export async function synchronise(context: ExchangeContext): Promise<void> {
 *   for (const { node, errors } of await exchange(context)) {
 *     console.log(node, errors.length === 0 ? 'is in step' : errors)
 *   }
 * }
 * ```
 */
export async function exchange(
  context: ExchangeContext,
  codes?: readonly NodeCode[],
): Promise<readonly NodeExchange[]> {
  const { store, now, rules } = context
  const survey = await store.survey({ nowMs: now(), resendAfterMs: rules.resendAfterMs })
  const chosen = chooseNodes(survey.nodes, codes)
  await checkInstance(context, survey.instance)
  const { spoolFolder, keysFolder = spoolFolder } = context
  for (const folder of new Set([keysFolder, spoolFolder])) await claimFolder(folder, store.plan)
  const spool = new Spool(spoolFolder)
  await spool.clean(survey.bodies)
  const received = await receiveFromAll(context, { chosen, survey })
  if (survey.hasKeyBlocks) await tendKeys(context, survey)
  const sent = await sendChanges(context, chosen)
  if (survey.isNewDay) await endDay(context)
  return received.map((half) => joinHalves(half, sent.get(half.node)))
}

/**
 * Two databases under one code, one a copy of the other, would take each other's letters and use the same numbers twice. So a
 * database exchanges where it did the last time.
 */
async function checkInstance(
  { store, instance }: ExchangeContext,
  recorded: string | undefined,
): Promise<void> {
  if (instance === undefined || instance === recorded) return
  if (recorded !== undefined) throw new StoreMoved(recorded, instance)
  await store.transaction((transaction) => transaction.setInstance(instance))
}

function chooseNodes(
  known: readonly NodeCode[],
  codes: readonly NodeCode[] | undefined,
): readonly NodeCode[] {
  const unknown = codes?.find((code) => !known.includes(code))
  if (unknown !== undefined) throw new NodeUnknown(unknown, known)
  return codes ?? known
}

const NOTHING_SENT: SendingSummary = { messages: 0, rows: 0, octets: 0 }

function joinHalves(half: NodeExchange, sending: Sending | undefined): NodeExchange {
  const { summary = NOTHING_SENT, errors = [] } = sending ?? {}
  if (errors.length > 0 && summary.messages === 0) {
    return { ...half, errors: [...half.errors, ...errors] }
  }
  return { ...half, sent: summary, errors: [...half.errors, ...errors] }
}

/** After everything was received that waited: the head office then knows best which keys are taken. */
async function tendKeys(
  context: ExchangeContext,
  { isNewDay }: { readonly isNewDay: boolean },
): Promise<void> {
  const keys = new KeyBlocks(context)
  await context.store.transaction((transaction) => keys.tend(transaction, { isNewDay }))
}

async function endDay({ store, now, rules }: ExchangeContext): Promise<void> {
  const { keepDeletionsDays: keepDays = DEFAULT_KEEP_DELETIONS_DAYS } = rules
  await store.transaction((transaction) => transaction.endDay({ nowMs: now(), keepDays }))
}

async function receiveFromAll(
  context: ExchangeContext,
  { chosen, survey }: { readonly chosen: readonly NodeCode[]; readonly survey: Survey },
): Promise<NodeExchange[]> {
  let inbox: Inbox | undefined
  try {
    inbox = await context.transport.openInbox()
    const waiting = await inbox.waiting()
    tellInbox(context, { inbox, waiting, known: survey.nodes })
    await new Spool(context.spoolFolder).forgetGone(waiting.flatMap(({ hint }) => hint?.uuid ?? []))
    const bySender = Map.groupBy(waiting, ({ name }) => name.from)
    const results: NodeExchange[] = []
    for (const code of chosen) {
      const stop = survey.stopped.get(code)
      const waiting = bySender.get(code) ?? []
      const sender = stop === undefined ? { code, waiting } : { code, waiting, stop }
      results.push(await receiveFrom(context, inbox, sender))
    }
    return results
  } catch (error) {
    if (!isTransient(error)) throw error
    // Another program may hold the mailbox for hours: what is to be sent does not wait for it.
    return chosen.map((node) => ({ node, errors: [report(context, node, error)] }))
  } finally {
    if (inbox !== undefined) await closeInbox(context, inbox)
  }
}

function tellInbox(
  { onEvent }: ExchangeContext,
  look: {
    readonly inbox: Inbox
    readonly waiting: readonly WaitingMessage[]
    readonly known: readonly NodeCode[]
  },
): void {
  onEvent?.({ kind: 'inbox-read', messages: look.waiting.length })
  for (const error of look.inbox.unreadable ?? []) onEvent?.({ kind: 'unreadable-letter', error })
  const known = new Set(look.known)
  for (const [node, messages] of Map.groupBy(look.waiting, ({ name }) => name.from)) {
    if (!known.has(node)) onEvent?.({ kind: 'unknown-sender', node, messages: messages.length })
  }
}

/** Everything that was received is committed by now; a removal that was not confirmed costs a second look, no more. */
async function closeInbox(context: ExchangeContext, inbox: Inbox): Promise<void> {
  try {
    await inbox.close()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    context.onEvent?.({ kind: 'removal-unconfirmed', error })
  }
}

async function receiveFrom(
  context: ExchangeContext,
  inbox: Inbox,
  sender: MessageSender,
): Promise<NodeExchange> {
  const node = sender.code
  try {
    const { summary, damaged } = await receiveChanges(context, inbox, sender)
    return { node, received: summary, errors: damaged }
  } catch (error) {
    return { node, errors: [report(context, node, error)] }
  }
}

/** What was thrown by an abort ends the whole exchange; anything else concerns this node alone. */
function report(context: ExchangeContext, node: NodeCode, error: unknown): Error {
  if (context.signal?.aborted === true || !(error instanceof Error)) throw error
  context.onEvent?.({ kind: 'problem', node, error })
  return error
}
