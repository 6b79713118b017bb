import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ChannelBindingType } from '../../src/sasl/environment.ts'
import { ScramServer } from '../../src/testing/sasl/scram-server.ts'

/** What a server says to a line of the client in an authentication: a challenge as text, or its reply. */
export type Challenger = (
  text: string,
) => { readonly challenge: string } | { readonly reply: string }

/** An SMTP server that can only be logged in to. `AUTH` begins a new challenger, with the mechanism's name. */
export function serveLogin(
  socket: Duplex,
  offered: string,
  begin: (mechanism: string) => Challenger,
): void {
  socket.write('220 mail.example.org\r\n')
  serveGreetedLogin(socket, offered, begin)
}

/** The same where the client has been greeted before, as after STARTTLS. */
export function serveGreetedLogin(
  socket: Duplex,
  offered: string,
  begin: (mechanism: string) => Challenger,
): void {
  let challenger: Challenger | undefined
  const say = (line: string): boolean => socket.write(`${line}\r\n`)
  const answer = (base64: string): void => {
    const text = Buffer.from(base64 === '=' ? '' : base64, 'base64').toString()
    const step = challenger?.(text) ?? { reply: '503 no' }
    say('reply' in step ? step.reply : `334 ${Buffer.from(step.challenge).toString('base64')}`)
    if ('reply' in step) challenger = undefined
  }
  socket.on('error', () => socket.destroy())
  createInterface(socket).on('line', (line) => {
    const [verb = '', mechanism = '', initial] = line.split(' ')
    if (challenger !== undefined) answer(line)
    else if (verb === 'EHLO') say(`250-mail.example.org\r\n250 AUTH ${offered}`)
    else if (verb === 'AUTH') {
      challenger = begin(mechanism)
      answer(initial ?? '')
    } else {
      say('221 bye')
      socket.end()
    }
  })
}

/** The server's side of SCRAM-SHA-256, with the password `pencil` of `user`. */
export function challengeScram(binding?: { type: string; octets: Uint8Array }): Challenger {
  const account = { hash: 'sha256', user: 'user', password: 'pencil' } as const
  const server = new ScramServer(
    binding === undefined ? account : { ...account, channel: 'bound', binding },
  )
  const steps = [(text: string) => server.first(text), (text: string) => server.final(text)]
  return (text) => {
    const challenge = steps.shift()?.(text)
    if (challenge === undefined) return { reply: '235 ok' }
    return challenge.startsWith('e=') ? { reply: `535 ${challenge}` } : { challenge }
  }
}

/** What the server's end of a connection knows that the client's end must know too. */
export function bindingAt(socket: TLSSocket, type: ChannelBindingType): Buffer {
  switch (type) {
    case 'tls-exporter':
      return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    case 'tls-unique':
      // What the client sends first: RFC 5929 §3.
      return socket.getPeerFinished() ?? Buffer.alloc(0)
    case 'tls-server-end-point':
      return createHash('sha256')
        .update(socket.getX509Certificate()?.raw ?? '')
        .digest()
  }
}
