import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { parseFigures, startProgram } from '../programs.ts'

/** A server on the loopback in a process of its own, ended by `using`. */
export interface Sink extends Disposable {
  readonly port: number
}

/** Ours, which does as little as a server can, so that the client is what is measured. */
export async function startDiscardingSink(...words: readonly 'chunking'[]): Promise<Sink> {
  return startListener('mail/programs/discarding-sink.ts', words)
}

/** A long way to a server: so many milliseconds there, and as many back. */
export async function startDelayingProxy(
  target: { readonly port: number },
  delayMs: number,
): Promise<Sink> {
  return startListener('mail/programs/delaying-proxy.ts', [String(target.port), String(delayMs)])
}

async function startListener(file: string, args: readonly string[]): Promise<Sink> {
  const { process: listener, words } = await startProgram(file, args)
  const { port = 0 } = parseFigures(words)
  return { port, [Symbol.dispose]: () => void listener.kill() }
}

/** Where Debian's package `postfix` puts them. */
const SMTP_SINK = '/usr/sbin/smtp-sink'
export const SMTP_SOURCE = '/usr/sbin/smtp-source'

/** How long a server may take until it listens; they take some milliseconds. */
const START_TIMEOUT_MS = 5000
/** As many as no row here comes near. */
const BACKLOG = '128'

/** Postfix's own server for measuring clients; `undefined` where it is not installed. */
export async function startSmtpSink(): Promise<Sink | undefined> {
  if (!existsSync(SMTP_SINK)) return undefined
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const sink = spawn(SMTP_SINK, [...user, `127.0.0.1:${port}`, BACKLOG], { stdio: 'ignore' })
  await untilItListens(port, sink)
  return { port, [Symbol.dispose]: () => void sink.kill() }
}

/** One that nothing listens at just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Throws when the program has ended, or does not listen for too long. */
export async function untilItListens(port: number, sink: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (performance.now() < giveUpAt && sink.exitCode === null) {
    const probe = connect(port, '127.0.0.1')
    try {
      await once(probe, 'connect')
      return
    } catch {
      await delay(20)
    } finally {
      probe.destroy()
    }
  }
  throw new Error(`${sink.spawnfile} does not listen at port ${port}`)
}
