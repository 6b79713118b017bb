import { composeMessage, type ComposedMessage } from '@obmen/mail/mime'
import { type Envelope, openSmtp, type SendingOutcome } from '@obmen/mail/smtp'

import { Interrupted } from '../errors/site-error.ts'
import { Progress } from '../output/progress.ts'
import { toMailServer } from '../site/mail-server.ts'
import type { Command, Invocation } from './command.ts'
import { sendHelp } from './send-help.ts'
import { readLetter } from './send-letter.ts'
import { reportSending } from './send-report.ts'
import { readSender, type Sender } from './send-sender.ts'
import { PERSONAL_DEADLINES, withoutSilence } from './silence.ts'

/** Sends one letter that is written on the command line. */
export const sendCommand: Command = {
  name: 'send',
  help: sendHelp,
  arguments: [],
  options: {
    to: { type: 'string', multiple: true },
    cc: { type: 'string', multiple: true },
    bcc: { type: 'string', multiple: true },
    from: { type: 'string' },
    subject: { type: 'string' },
    text: { type: 'string' },
    html: { type: 'string' },
    attach: { type: 'string', multiple: true },
    server: { type: 'string' },
    'password-env': { type: 'string' },
    'password-file': { type: 'string' },
    ca: { type: 'string' },
    servername: { type: 'string' },
    log: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(invocation) {
    const sender = readSender(invocation)
    const { draft, envelope } = await readLetter(invocation, sender.from)
    const letter = composeMessage(draft)
    const outcome = await send(invocation, sender, { envelope, letter })
    const { messageId } = draft
    return reportSending(invocation, sender, { messageId, sizeOctets: letter.sizeOctets, outcome })
  },
}

async function send(
  { io, messages, options }: Invocation,
  { server }: Sender,
  { envelope, letter }: { readonly envelope: Envelope; readonly letter: ComposedMessage },
): Promise<SendingOutcome> {
  const progress = new Progress(io)
  const signal = io.interruption()
  const tellStopping = (): void => progress.note(messages.send.stopping())
  signal.addEventListener('abort', tellStopping, { once: true })
  const { sizeOctets } = letter
  try {
    progress.show(messages.exchange.connecting(server.url.host))
    await using smtp = await withoutSilence({ url: server.url, progress, messages }, () =>
      openSmtp(toMailServer(server, io.env), {
        signal,
        deadlines: PERSONAL_DEADLINES,
        ...(options.isSet('log') && { log: (line) => progress.note(line) }),
      }),
    )
    return await smtp.send(envelope, letter, {
      signal,
      onProgress: (sent) => progress.show(messages.send.sending(sent, sizeOctets)),
    })
  } catch (error) {
    // A conversation that was broken off fails with an error of its own; what happened is that somebody stopped it.
    if (signal.reason instanceof Interrupted) throw signal.reason.beforeAnything()
    throw error
  } finally {
    signal.removeEventListener('abort', tellStopping)
    progress.end()
  }
}
