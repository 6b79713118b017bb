import type { NodeCode } from '@obmen/exchange'
import { openSmtp, type ProtocolLog } from '@obmen/mail/smtp'

import type { MailServerSetting } from '../config/config.ts'
import { Progress } from '../output/progress.ts'
import { formatTable } from '../output/table.ts'
import { toMailServer } from '../site/mail-server.ts'
import type { Site } from '../site/open-site.ts'
import type { Invocation } from './command.ts'
import { noteOnHeadOffice } from './head-office.ts'
import { openTransport } from './open-transport.ts'
import { PERSONAL_DEADLINES, type Waiting, withoutSilence } from './silence.ts'
import { countWaitingRows, type WaitingRows } from './waiting-rows.ts'

interface NodeTrial extends WaitingRows {
  readonly node: NodeCode
  readonly waitingMessages: number
}

/**
 * Connects and logs in both ways, looks into the mailbox and counts what would be sent. Nothing is fetched, removed or
 * sent. Throws what an exchange would throw up to here.
 */
export async function tryExchange(
  invocation: Invocation,
  site: Site,
  codes: readonly NodeCode[],
): Promise<void> {
  const { io, options, messages } = invocation
  await using _lock = await site.database.takeExchangeLock()
  await warnOfHeadOffice(invocation, site)
  const trials = await readTrials(invocation, site, codes)
  await checkSending(invocation, site)
  if (options.isSet('json')) {
    io.out(`${JSON.stringify({ nodes: trials, dryRun: true })}\n`)
    return
  }
  const { exchange, format, general } = messages
  io.out(
    formatTable(
      [
        { title: exchange.nodeTitle() },
        { title: exchange.waitingInTitle(), align: 'right' },
        { title: exchange.waitingOutTitle(), align: 'right' },
      ],
      trials.map(({ node, waitingMessages, waitingRows }) => [
        node,
        format.number(waitingMessages),
        format.number(waitingRows),
      ]),
    ),
  )
  const { send, receive } = site.config
  io.out(`\n${exchange.serversAnswer(send.url.host, receive.url.host)}\n`)
  io.out(`${general.nothingChanged()}\n`)
}

/** A trial is for what is not set right yet; every exchange would say it again where the head office is behind another node. */
async function warnOfHeadOffice({ io, messages }: Invocation, site: Site): Promise<void> {
  const { plan, rules } = site.config
  if (rules.mainNode === undefined) return
  const nodes = await site.store.nodes()
  const known = [plan.thisNode, ...nodes.map(({ code }) => code)]
  const note = noteOnHeadOffice(rules.mainNode, known, messages)
  if (note !== undefined) io.err(`${messages.status.mainNode()}: ${note}\n`)
}

async function readTrials(
  invocation: Invocation,
  site: Site,
  codes: readonly NodeCode[],
): Promise<readonly NodeTrial[]> {
  const { store } = site
  const nodes = await store.nodes()
  const chosen = nodes.filter(({ code }) => codes.length === 0 || codes.includes(code))
  const senders = await readInbox(invocation, site)
  const waiting = await countWaitingRows(store, chosen)
  return chosen.map(({ code }, index) => ({
    node: code,
    waitingMessages: senders.filter((sender) => sender === code).length,
    waitingRows: waiting[index]?.waitingRows ?? 0,
  }))
}

/** The nodes whose messages wait, one entry a message. */
async function readInbox(invocation: Invocation, site: Site): Promise<readonly NodeCode[]> {
  const transport = openTransport(invocation, site, {
    log: logTo(invocation),
    deadlines: PERSONAL_DEADLINES,
  })
  const inbox = await withoutSilence(waitingFor(invocation, site.config.receive), () =>
    transport.openInbox(),
  )
  try {
    const waiting = await inbox.waiting()
    return waiting.map(({ name }) => name.from)
  } finally {
    await inbox.close()
  }
}

async function checkSending(invocation: Invocation, { config }: Site): Promise<void> {
  const { io, options } = invocation
  const server = toMailServer(config.send, io.env)
  const log = options.isSet('verbose') ? { log: logTo(invocation) } : {}
  const smtp = await withoutSilence(waitingFor(invocation, config.send), () =>
    openSmtp(server, { ...log, deadlines: PERSONAL_DEADLINES }),
  )
  await smtp.close()
}

function waitingFor({ io, messages }: Invocation, { url }: MailServerSetting): Waiting {
  return { url, progress: new Progress(io), messages }
}

function logTo({ io }: Invocation): ProtocolLog {
  return (line) => io.err(`${line}\n`)
}
