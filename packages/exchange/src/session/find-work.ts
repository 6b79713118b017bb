import type { NodeCode } from '../plan/node-code.ts'
import type { ExchangeContext } from './exchange-context.ts'

/**
 * The nodes for which an exchange has something to do: a message of theirs waits in the mailbox, or something is to be sent to them.
 * Looks into the mailbox and fetches nothing; gives changes that are registered their place in the change index, and tries rows that they may have made room for. For who shares
 * the nodes among several workers, and lets each {@link exchange} with some of them. Throws what the transport throws.
 */
export async function findWork(context: ExchangeContext): Promise<readonly NodeCode[]> {
  const { store, now, rules } = context
  const request = { nowMs: now(), resendAfterMs: rules.resendAfterMs }
  let survey = await store.survey(request)
  if (survey.hasUnfolded) {
    const { hasRefused } = survey
    await store.transaction((transaction) => {
      return hasRefused ? transaction.foldAndRetry(now()) : transaction.fold()
    })
    survey = await store.survey(request)
  }
  const senders = await findSenders(context)
  const toServe = new Set(survey.toServe)
  return survey.nodes.filter((node) => {
    // What waits from a node that knows a copy of this database belongs to the copy as well: it is not touched.
    const mayReceive = survey.stopped.get(node)?.twice !== 'here'
    return toServe.has(node) || (mayReceive && senders.has(node))
  })
}

async function findSenders({ transport }: ExchangeContext): Promise<ReadonlySet<NodeCode>> {
  const inbox = await transport.openInbox()
  try {
    const waiting = await inbox.waiting()
    return new Set(waiting.map(({ name }) => name.from))
  } finally {
    await inbox.close()
  }
}
