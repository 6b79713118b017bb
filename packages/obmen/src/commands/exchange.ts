import { randomUUID } from 'node:crypto'

import { exchange, type ExchangeContext, type NodeExchange, parseNodeCode } from '@obmen/exchange'
import type { MailTransport } from '@obmen/exchange/mail'

import { EXIT } from '../errors/exit-code.ts'
import { UsageError } from '../errors/usage-error.ts'
import { Progress } from '../output/progress.ts'
import { instanceOf } from '../site/instance.ts'
import type { Site } from '../site/open-site.ts'
import type { Command, Invocation } from './command.ts'
import { commandLine, siteOf } from './configuration.ts'
import { exchangeHelp } from './exchange-help.ts'
import { exchangeForGood } from './exchange-loop.ts'
import { ExchangeWatch } from './exchange-watch.ts'
import { reportExchange } from './exchange-report.ts'
import { tryExchange } from './exchange-trial.ts'
import { checkOther } from './node-add.ts'
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
    const { io, messages, options } = invocation
    const codes = invocation.arguments.map(parseNodeCode)
    if (options.text('every') !== undefined && !options.isSet('watch')) {
      throw new UsageError(
        { kind: 'options-missing', options: ['--watch'] },
        { command: 'exchange' },
      )
    }
    await using site = await siteOf(invocation)
    for (const code of codes) checkOther(site, code)
    await warnOfUnprepared(invocation, site)
    const nodes = await site.store.transaction(async (transaction) => {
      for (const code of codes) await transaction.node(code)
      return transaction.nodes()
    })
    if (nodes.length === 0) {
      io.err(`${messages.node.none(commandLine(invocation, 'node add CODE'))}\n`)
      if (options.isSet('json')) io.out(`${JSON.stringify({ nodes: [] })}\n`)
      return EXIT.ok
    }
    if (options.isSet('dry-run')) {
      await tryExchange(invocation, site, codes)
      return EXIT.ok
    }
    const once = (): Promise<readonly NodeExchange[]> =>
      exchangeOnce(invocation, site, codes.length > 0 ? codes : undefined)
    if (options.isSet('watch')) return await exchangeForGood(invocation, site, once)
    const results = await once()
    return reportExchange(invocation, results, site.config.spoolFolder)
  },
}

/** An exchange with nodes, or all, under the lock of a single exchange. */
async function exchangeOnce(
  invocation: Invocation,
  site: Site,
  codes: Parameters<typeof exchange>[1],
): Promise<readonly NodeExchange[]> {
  const { io, messages, options } = invocation
  await using _lock = await site.database.takeExchangeLock()
  const watch = new ExchangeWatch(new Progress(io), messages, {
    spoolFolder: site.config.spoolFolder,
    tellsEmptyMailbox: !options.isSet('watch'),
  })
  const signal = io.interruption()
  const transport = openTransport(invocation, site, {
    log: (line) => watch.note(line),
    onLook: (looked, letters) => watch.looking(looked, letters),
    onConnect: (phase) => watch.connectingToSend(site.config.send.url, phase),
    signal,
  })
  const tellStopping = (): void => watch.stopping()
  signal.addEventListener('abort', tellStopping, { once: true })
  try {
    watch.connecting(site.config.receive.url)
    return await exchange(contextOf(invocation, site, { transport, signal, watch }), codes)
  } catch (error) {
    // A conversation that was broken off fails with an error of its own; what happened is that somebody stopped it.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', tellStopping)
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
