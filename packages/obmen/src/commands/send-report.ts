import { formatEnhancedStatus, type RecipientOutcome, type SendingOutcome } from '@obmen/mail/smtp'

import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import { knowError } from '../errors/known-error.ts'
import { formatFacts, formatTable } from '../output/table.ts'
import type { Invocation } from './command.ts'
import type { Sender } from './send-sender.ts'

/** A letter that was sent, to whom ever. */
export interface Sending {
  readonly messageId: string
  readonly sizeOctets: number | undefined
  readonly outcome: SendingOutcome
}

/** What each kind of outcome, but `accepted`, ends with; the worst is last. */
const EXIT_CODES = [
  ['unknown', EXIT.temporary],
  ['deferred', EXIT.temporary],
  ['rejected', EXIT.unavailable],
] as const

/** Tells what became of a letter, a line for each recipient, and what to do about it. The exit code is that of the worst outcome. */
export function reportSending(invocation: Invocation, sender: Sender, sending: Sending): ExitCode {
  const { io, messages, options } = invocation
  const report = options.isSet('json') ? formatJson : formatReport
  io.out(report(invocation, sender, sending))
  const kinds = new Set(sending.outcome.recipients.map(({ kind }) => kind))
  const failures = EXIT_CODES.filter(([kind]) => kinds.has(kind))
  for (const [kind] of failures) io.err(`${messages.send.hint(kind)}\n`)
  return failures.at(-1)?.[1] ?? EXIT.ok
}

function formatReport(
  invocation: Invocation,
  { server, from }: Sender,
  { messageId, sizeOctets, outcome }: Sending,
): string {
  const { send, format } = invocation.messages
  const facts: (readonly [name: string, value: string])[] = [
    [send.serverTitle(), `${server.url.host}:${server.url.port}`],
    [send.fromTitle(), from.addrSpec],
    [send.messageIdTitle(), messageId],
  ]
  if (sizeOctets !== undefined) facts.push([send.sizeTitle(), format.size(sizeOctets)])
  const table = formatTable(
    [send.recipientTitle(), send.outcomeTitle(), send.wordsTitle()].map((title) => ({ title })),
    outcome.recipients.map((recipient) => [
      recipient.forwardPath.addrSpec,
      send.outcome(recipient.kind),
      wordsOf(invocation, recipient),
    ]),
  )
  return `${formatFacts(facts)}\n${table}`
}

function formatJson(
  invocation: Invocation,
  { server, from }: Sender,
  { messageId, sizeOctets, outcome }: Sending,
): string {
  const recipients = outcome.recipients.map((recipient) => {
    const { reply, cause } = recipient
    const status = reply?.enhancedStatus
    return {
      address: recipient.forwardPath.addrSpec,
      outcome: recipient.kind,
      replyCode: reply?.code ?? null,
      enhancedStatus: status === undefined ? null : formatEnhancedStatus(status),
      words: wordsOf(invocation, recipient),
      error: cause?.code ?? null,
    }
  })
  const { host, port } = server.url
  return `${JSON.stringify({ server: { host, port }, from: from.addrSpec, messageId, sizeOctets: sizeOctets ?? null, recipients })}\n`
}

/** The words of the server; where it said nothing, what broke the conversation off. */
function wordsOf({ messages }: Invocation, { reply, cause }: RecipientOutcome): string {
  return reply === undefined ? messages.errorText(knowError(cause)).message : reply.toString()
}
