import { randomUUID } from 'node:crypto'

import {
  exchange,
  type ExchangeContext,
  type NodeCode,
  type NodeExchange,
  parseNodeCode,
} from '@obmen/exchange'
import type { MailTransport } from '@obmen/exchange/mail'

import { EXIT } from '../errors/exit-code.ts'
import { UsageError } from '../errors/usage-error.ts'
import { Progress } from '../output/progress.ts'
import { instanceOf } from '../site/instance.ts'
import { openSite, type Site } from '../site/open-site.ts'
import type { Command, Invocation } from './command.ts'
import { commandLine, configOf } from './configuration.ts'
import { exchangeHelp } from './exchange-help.ts'
import { exchangeForGood } from './exchange-loop.ts'
import { ExchangeWatch } from './exchange-watch.ts'
import { reportExchange } from './exchange-report.ts'
import { tryExchange } from './exchange-trial.ts'
import { checkOther } from './node-add.ts'
import type { ToldBefore } from './told-before.ts'
import { warnOfUnprepared } from './unprepared-tables.ts'
import { openTransport } from './open-transport.ts'

/** Receives, applies, acknowledges and sends: with all nodes or with those named. */
export const exchangeCommand: Command = {
  name: 'exchange',
  help: exchangeHelp,
  arguments: ['[NODE]', '…'],
  options: {
    'message-size': { type: 'string' },
    window: { type: 'string' },
    'resend-after': { type: 'string' },
    watch: { type: 'boolean' },
    every: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(invocation) {
    const { io, options } = invocation
    const codes = invocation.arguments.map(parseNodeCode)
    if (options.text('every') !== undefined && !options.isSet('watch')) {
      throw new UsageError(
        { kind: 'options-missing', options: ['--watch'] },
        { command: 'exchange' },
      )
    }
    const config = configOf(invocation)
    {
      await using site = await openSite(config, io)
      if (!(await hasNodes(invocation, site, codes))) return EXIT.ok
      if (options.isSet('dry-run')) {
        await tryExchange(invocation, site, codes)
        return EXIT.ok
      }
      if (!options.isSet('watch')) {
        const results = await exchangeOnce(invocation, site, { codes })
        return reportExchange(invocation, results, config.spoolFolder)
      }
    }
    return exchangeForGood(invocation, config, async (told) => {
      // Anew for each exchange: the file may have been replaced by a backup, and tables may have changed.
      await using site = await openSite(config, io)
      return await exchangeOnce(invocation, site, { codes, told })
    })
  },
}

/** Whether there is a node to exchange with; says so when there is none. Throws for codes that are no other node's. */
async function hasNodes(
  invocation: Invocation,
  site: Site,
  codes: readonly NodeCode[],
): Promise<boolean> {
  const { io, messages, options } = invocation
  for (const code of codes) checkOther(site, code)
  await warnOfUnprepared(invocation, site)
  const nodes = await site.store.transaction(async (transaction) => {
    for (const code of codes) await transaction.node(code)
    return transaction.nodes()
  })
  if (nodes.length > 0) return true
  io.err(`${messages.node.none(commandLine(invocation, 'node add CODE'))}\n`)
  if (options.isSet('json')) io.out(`${JSON.stringify({ nodes: [] })}\n`)
  return false
}

/** An exchange with nodes, or all, under the lock of a single exchange. */
async function exchangeOnce(
  invocation: Invocation,
  site: Site,
  { codes, told }: { readonly codes: readonly NodeCode[]; readonly told?: ToldBefore },
): Promise<readonly NodeExchange[]> {
  const { io, messages } = invocation
  await using lock = await site.database.takeExchangeLock()
  const watch = new ExchangeWatch(new Progress(io), messages, {
    spoolFolder: site.config.spoolFolder,
    ...(told !== undefined && { told }),
  })
  const interruption = io.interruption()
  // Who has lost the lock may be beside another exchange: it stops whole.
  const signal = AbortSignal.any([interruption, lock.lost])
  const transport = openTransport(invocation, site, {
    log: (line) => watch.note(line),
    onLook: (looked, letters) => watch.looking(looked, letters),
    onConnect: (phase) => watch.connectingToSend(site.config.send.url, phase),
    signal,
  })
  const tellStopping = (): void => watch.stopping()
  interruption.addEventListener('abort', tellStopping, { once: true })
  try {
    watch.connecting(site.config.receive.url)
    const context = contextOf(invocation, site, { transport, signal, watch })
    return await exchange(context, codes.length > 0 ? codes : undefined)
  } catch (error) {
    // A conversation that was broken off fails with an error of its own; what happened is that somebody stopped it, or that the lock is lost.
    signal.throwIfAborted()
    throw error
  } finally {
    interruption.removeEventListener('abort', tellStopping)
    watch.end()
    await transport.close()
  }
}

/** What an exchange of a site works with. */
export function contextOf(
  { io }: Invocation,
  { config, store }: Pick<Site, 'config' | 'store'>,
  parts: {
    readonly transport: MailTransport
    readonly signal: AbortSignal
    readonly watch: ExchangeWatch
  },
): ExchangeContext {
  const { messageSizeOctets, window, resendAfterMs, keepDeletionsDays, checkEveryMs } = config
  const instance = instanceOf(config)
  return {
    store,
    ...(instance !== undefined && { instance }),
    transport: parts.transport,
    spoolFolder: config.spoolFolder,
    rules: {
      messageSizeOctets,
      window,
      resendAfterMs,
      keepDeletionsDays,
      ...(checkEveryMs !== undefined && { checkEveryMs }),
    },
    now: () => io.now(),
    newUuid: () => randomUUID(),
    onEvent: (event) => parts.watch.take(event),
    signal: parts.signal,
  }
}
